// A pause that ends early when its signal aborts.
import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or as soon as the signal aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<null> {
  return setTimeout(Math.max(0, ms), null, signal && { signal }).catch(() => null);
}

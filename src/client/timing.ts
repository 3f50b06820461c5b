// Time and chance, as this library uses them: handed in, so that tests can watch every pause.
import { toBackOffMs } from '../contract/back-off.ts';

/** A clock. */
export interface Timing {
  /** Milliseconds that only rise. */
  readonly now: () => number;
  /** Resolves after so many milliseconds; rejects with the signal's reason when it is aborted first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** 0 to 1, for jitter. */
  readonly random: () => number;
}

export const realTiming: Timing = {
  now: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      const abandon = (): void => {
        clearTimeout(timer);
        reject(signal.reason as Error);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abandon);
        resolve();
      }, ms);
      if (signal.aborted) abandon();
      else signal.addEventListener('abort', abandon, { once: true });
    }),
  random: () => Math.random(),
};

/** How long to pause between two polls where the server gives no hint. */
export interface BackOff {
  /** The first pause, in milliseconds. */
  readonly initialIntervalMs: number;
  /** The longest pause, in milliseconds. */
  readonly maxIntervalMs: number;
  /** Factor from one pause to the next, at least 1. */
  readonly backoffMultiplier: number;
}

/** The pause after `failures` failures or polls, without jitter. */
export function toPauseMs(
  failures: number,
  { initialIntervalMs, backoffMultiplier, maxIntervalMs }: BackOff,
): number {
  return toBackOffMs(initialIntervalMs, backoffMultiplier, failures, maxIntervalMs);
}

/** Spreads callers that were asked to come back at the same time: up to a tenth later, never earlier. */
export function withJitter(ms: number, { random }: Timing): number {
  return Math.ceil(ms * (1 + random() / 10));
}

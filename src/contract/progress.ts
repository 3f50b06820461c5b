import { isJsonObject } from './json.ts';
import type { Progress } from './task.ts';

/** Reads progress out of a heartbeat, a failure or an answer; `null` where there is none. */
export function parseProgress(value: unknown): Progress | null {
  if (!isJsonObject(value)) return null;
  const { fraction = null, message = null } = value;
  if (fraction === null && message === null) return null;
  return {
    fraction: typeof fraction === 'number' ? fraction : null,
    message: typeof message === 'string' ? message : null,
  };
}

/** A fraction within its bounds, to three decimals: more says nothing, and a model reads every digit. */
export function toShare(fraction: number): number {
  return Math.round(Math.min(1, Math.max(0, fraction)) * 1000) / 1000;
}

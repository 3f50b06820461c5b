import { isJsonObject } from './json.ts';
import type { Progress } from './task.ts';

/** Reads progress, as heartbeats, failures and answers carry it; `null` where nothing is said of it. */
export function parseProgress(value: unknown): Progress | null {
  if (!isJsonObject(value)) return null;
  const { fraction = null, message = null } = value;
  if (fraction === null && message === null) return null;
  return {
    fraction: typeof fraction === 'number' ? fraction : null,
    message: typeof message === 'string' ? message : null,
  };
}

// What a task keeps of its request, in the workflow's memo: readable with describe, without a worker.
import { isJsonObject } from '../contract/json.ts';

/** Written once, at the start. */
export interface TaskMemo {
  readonly operation: string;
  /** The idempotency key as the caller sent it. */
  readonly key: string;
  readonly fingerprint: string;
  /** The gateway's clock at the start, in milliseconds since the epoch. */
  readonly createdAt: number;
  /** The total time, in milliseconds. */
  readonly totalMs: number;
}

/** What the workflow adds while it pauses between two attempts. */
export interface WaitingMemo {
  /** The attempt that failed. */
  readonly attempt: number;
}

/** Reads a memo; `null` when a workflow that is not a task carries it. */
export function parseTaskMemo(memo: Readonly<Record<string, unknown>>): TaskMemo | null {
  const { operation, key, fingerprint, createdAt, totalMs } = memo;
  return typeof operation === 'string' &&
    typeof key === 'string' &&
    typeof fingerprint === 'string' &&
    typeof createdAt === 'number' &&
    typeof totalMs === 'number'
    ? { operation, key, fingerprint, createdAt, totalMs }
    : null;
}

/** Reads the workflow's addition. */
export function parseWaitingMemo(memo: Readonly<Record<string, unknown>>): WaitingMemo | null {
  const { waiting } = memo;
  return isJsonObject(waiting) && typeof waiting['attempt'] === 'number'
    ? { attempt: waiting['attempt'] }
    : null;
}

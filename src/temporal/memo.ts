// What a task keeps of its request, in the workflow's memo: readable with describe, without a worker.
import type { InputRequests } from '../contract/input.ts';
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
  /** How long the task has waited for input, in milliseconds. */
  readonly waitedMs: number;
}

/** What stands there while the task waits for input. */
export interface InputMemo {
  /** What is asked and not answered yet. */
  readonly requests: InputRequests;
  /** The attempt that asked; 0 before the first. */
  readonly attempt: number;
  /** When the wait ends, in milliseconds since the epoch. */
  readonly until: number;
}

/** What the workflow adds while it pauses between two attempts. */
export interface WaitingMemo {
  /** The attempt that failed. */
  readonly attempt: number;
  /** When it did, in milliseconds since the epoch; 0 where an older worker did not say. */
  readonly at: number;
}

/** Reads a memo; `null` when a workflow that is not a task carries it. */
export function parseTaskMemo(memo: Readonly<Record<string, unknown>>): TaskMemo | null {
  const { operation, key, fingerprint, createdAt, totalMs, waitedMs } = memo;
  return typeof operation === 'string' &&
    typeof key === 'string' &&
    typeof fingerprint === 'string' &&
    typeof createdAt === 'number' &&
    typeof totalMs === 'number'
    ? {
        operation,
        key,
        fingerprint,
        createdAt,
        totalMs,
        waitedMs: typeof waitedMs === 'number' ? waitedMs : 0,
      }
    : null;
}

/** Reads the workflow's addition. */
export function parseWaitingMemo(memo: Readonly<Record<string, unknown>>): WaitingMemo | null {
  const { waiting } = memo;
  return isJsonObject(waiting) && typeof waiting['attempt'] === 'number'
    ? { attempt: waiting['attempt'], at: Number(waiting['at'] ?? 0) }
    : null;
}

/** Reads the questions; `null` when there are none. */
export function parseInputMemo(memo: Readonly<Record<string, unknown>>): InputMemo | null {
  const { input } = memo;
  if (!isJsonObject(input)) return null;
  const { requests, attempt, until } = input;
  return isJsonObject(requests) && typeof attempt === 'number' && typeof until === 'number'
    ? { requests: requests as unknown as InputRequests, attempt, until }
    : null;
}

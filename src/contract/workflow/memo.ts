// What a task keeps in the memo of its workflow, which describe shows without a worker: what the gateway writes at the start,
// and what the workflow adds. Invariant: what is read as a time or a question is one, whatever another program wrote.
import type { BatchCounts } from './batch.ts';
import type { InputRequest, InputRequests } from '../input.ts';
import { isJsonObject } from '../json.ts';
import type { Target } from './target.ts';

/** Written once, at the start. */
export interface TaskMemo {
  readonly operation: string;
  /** The idempotency key as the caller sent it. */
  readonly key: string;
  readonly fingerprint: string;
  /** The gateway's clock at the start, in milliseconds since the epoch. */
  readonly createdAt: number;
  readonly totalMs: number;
  /** How long the task has waited for input, in milliseconds. */
  readonly waitedMs: number;
  /** How long after `createdAt` the task begins, in milliseconds; absent: at once. */
  readonly startAfterMs?: number;
  /** Fingerprint of the callback that the caller named; absent when it named none. */
  readonly callback?: string;
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
  readonly attempt: number;
  /** With which code of the error table; empty where an older worker did not say. */
  readonly code: string;
  /** When it did, in milliseconds since the epoch; 0 where an older worker did not say. */
  readonly at: number;
  /** Whether it was sent back before it began, because its principal had its share of the worker's slots. */
  readonly queued: boolean;
}

/** What the workflow adds when it waits before the first attempt. Instants are milliseconds since the epoch. */
export interface DelayMemo {
  readonly from: number;
  readonly until: number;
}

export interface RunMemo {
  readonly delay?: DelayMemo;
  readonly waiting?: Omit<WaitingMemo, 'queued'> & Partial<Pick<WaitingMemo, 'queued'>>;
  /** `null` once everything is answered. */
  readonly input?: InputMemo | null;
  readonly waitedMs?: number;
  /** The workflow that the task follows. */
  readonly target?: Target;
  readonly batch?: BatchCounts;
}

/** Where all that is written at the start stands together: each field of a memo is encrypted by itself, and grows by that. */
const PACKED = 'task';

/** @param isEncrypted packs the memo into one field; otherwise each value has its own, for people to read */
export function toMemoFields(memo: TaskMemo, isEncrypted: boolean): Record<string, unknown> {
  return isEncrypted ? { [PACKED]: memo } : { ...memo };
}

/** Reads a memo; `null` when it is not that of a task. */
export function parseTaskMemo(fields: Readonly<Record<string, unknown>>): TaskMemo | null {
  const packed = fields[PACKED];
  // What a workflow has added since stands beside it, and is newer.
  const memo = isJsonObject(packed) ? { ...packed, ...fields } : fields;
  const { operation, key, fingerprint, createdAt, totalMs, waitedMs, startAfterMs, callback } =
    memo;
  return typeof operation === 'string' &&
    typeof key === 'string' &&
    typeof fingerprint === 'string' &&
    isTime(createdAt) &&
    isTime(totalMs)
    ? {
        operation,
        key,
        fingerprint,
        createdAt,
        totalMs,
        waitedMs: isTime(waitedMs) ? waitedMs : 0,
        ...(isTime(startAfterMs) && { startAfterMs }),
        ...(typeof callback === 'string' && { callback }),
      }
    : null;
}

export function parseWaitingMemo(memo: Readonly<Record<string, unknown>>): WaitingMemo | null {
  const { waiting } = memo;
  if (!isJsonObject(waiting)) return null;
  const { attempt, code, at, queued } = waiting;
  if (typeof attempt !== 'number') return null;
  return {
    attempt,
    code: typeof code === 'string' ? code : '',
    at: isTime(at) ? at : 0,
    queued: queued === true,
  };
}

export function parseDelayMemo(memo: Readonly<Record<string, unknown>>): DelayMemo | null {
  const { delay } = memo;
  if (!isJsonObject(delay)) return null;
  const { from, until } = delay;
  return isTime(from) && isTime(until) && from < until ? { from, until } : null;
}

/** Reads how far a batch is; `null` when it is none, or has not begun. */
export function parseBatchMemo(memo: Readonly<Record<string, unknown>>): BatchCounts | null {
  const { batch } = memo;
  if (!isJsonObject(batch)) return null;
  const { done, failed, total } = batch;
  return isTime(done) && isTime(failed) && isTime(total) && total > 0
    ? { done, failed, total }
    : null;
}

export function parseInputMemo(memo: Readonly<Record<string, unknown>>): InputMemo | null {
  const { input } = memo;
  if (!isJsonObject(input)) return null;
  const { requests, attempt, until } = input;
  if (!isJsonObject(requests) || typeof attempt !== 'number' || !isTime(until)) return null;
  const shown = Object.entries(requests as Readonly<Record<string, unknown>>).filter(isQuestion);
  return { requests: Object.fromEntries(shown), attempt, until };
}

/** A third of what a date can hold, in milliseconds: an instant and two durations make a date. */
const LATEST_MS = 2.5e15;

/** Whether a value is an instant or a duration, in milliseconds. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= LATEST_MS;
}

function isQuestion(entry: [string, unknown]): entry is [string, InputRequest] {
  const [, question] = entry;
  return (
    isJsonObject(question) &&
    typeof question['message'] === 'string' &&
    isJsonObject(question['requestedSchema'])
  );
}

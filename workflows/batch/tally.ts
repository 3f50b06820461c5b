// How the items of a batch ended, and what the batch says of it. Invariants: failures come first; of results no more are kept than
// a task carries; every item that has a task of its own is named with its handle.
import type { BatchCounts, BatchInput, ItemEnd } from '../../src/contract/workflow/batch.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';

/** Room for results and messages of errors, as JSON in bytes; the names of 1,000 items take less than that again. */
const KEPT_BYTES = 96 * 1024;

export interface Tally {
  readonly counts: BatchCounts;
  /** How items ended so far, by name. */
  readonly ended: Readonly<Record<string, ItemEnd>>;
  note(name: string, end: ItemEnd): void;
  toResult(): JsonObject;
}

/** The tally of a batch, with what earlier runs of it have noted. */
export function createTally({ items, ended: before = {} }: BatchInput): Tally {
  const ended: Record<string, ItemEnd> = { ...before };
  let left = KEPT_BYTES - Object.values(ended).reduce((sum, end) => sum + toKeptBytes(end), 0);
  const count = (status: ItemEnd['status']) =>
    Object.values(ended).filter((end) => end.status === status).length;

  const toCounts = (): BatchCounts => ({
    done: count('completed'),
    failed: count('failed'),
    total: items.length,
  });

  return {
    get counts() {
      return toCounts();
    },
    get ended() {
      return ended;
    },
    note: (name, end) => {
      const bytes = toKeptBytes(end);
      const fits = bytes <= left;
      if (fits) left -= bytes;
      ended[name] = fits ? end : withoutKept(end);
    },
    toResult: () => {
      const listed = items.flatMap(({ name }) => {
        const end = ended[name];
        return end ? [{ name, end }] : [];
      });
      const { done, failed, total } = toCounts();
      return {
        total,
        done,
        failed,
        not_started: total - done - failed,
        failures: listed.flatMap(toFailure),
        results: listed.flatMap(toResult),
      };
    },
  };
}

interface Listed {
  readonly name: string;
  readonly end: ItemEnd;
}

function toFailure({ name, end }: Listed): Json[] {
  if (end.status !== 'failed') return [];
  const { taskRef, code, message } = end;
  return [{ item: name, task_ref: taskRef, code, ...(message !== '' && { message }) }];
}

function toResult({ name, end }: Listed): Json[] {
  if (end.status !== 'completed') return [];
  const { taskRef, result } = end;
  return [{ item: name, task_ref: taskRef, ...(result !== undefined && { result }) }];
}

function toKeptBytes(end: ItemEnd): number {
  const kept = end.status === 'completed' ? end.result : end.message;
  return kept === undefined ? 0 : new TextEncoder().encode(JSON.stringify(kept)).length;
}

function withoutKept(end: ItemEnd): ItemEnd {
  return end.status === 'completed'
    ? { status: end.status, taskRef: end.taskRef }
    : { ...end, message: '' };
}

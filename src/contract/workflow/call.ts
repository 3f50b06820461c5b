// The call of another server's tool, as workflow and worker speak of it: it answers, or the server has made a task of it. A
// question that is open, and a task in a process of a worker, are found on that worker alone: what comes next is put on a queue
// that only this worker polls.
import type { Json } from '../json.ts';

export type CallEnd = { readonly result: Json } | { readonly followed: Followed };

/** A task that the other server has made of a call. */
export interface Followed {
  /** What finds it again; kept in the history. */
  readonly handle: Json;
  /** When to poll first, in milliseconds. Default: at once. */
  readonly firstLookMs?: number;
  /** The queue of the worker whose process it is in; absent where every worker reaches it. */
  readonly holder?: string;
}

/** Beside the questions of an attempt: the queue of the worker that holds the call open. */
export interface Held {
  readonly holder?: string;
}

/** The failure type of a poll of what waits for an answer, a call or a task: it waits still. */
export const STILL_HELD = 'STILL_HELD';

/** How long a worker may take to take up what it holds, in milliseconds; after that it counts as gone. */
export const HOLDER_MS = 10_000;

/** The queue of one worker. No operation has a slash in its name, so none has this attempt queue. */
export function toHolderQueue(taskQueue: string, worker: string): string {
  return `${taskQueue}/holder/${worker}`;
}

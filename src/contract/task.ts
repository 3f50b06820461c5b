// A task as every side sees it. What cannot happen cannot be written: only a failed task has an error, only a
// completed one a result.
import type { TaskError } from './errors.ts';
import type { InputRequests } from './input.ts';
import type { Json } from './json.ts';
import type { Target } from './workflow/target.ts';

/** How far an attempt has come. */
export interface Progress {
  /** Share done, 0 to 1; `null` when the operation does not know. */
  readonly fraction: number | null;
  /** One sentence for a person or a model; `null` when there is none. */
  readonly message: string | null;
}

export type Outcome =
  | { readonly status: 'completed'; readonly result: Json; readonly attempt: number | null }
  | { readonly status: 'failed'; readonly error: TaskError; readonly attempt: number | null };

export type TaskState =
  | {
      readonly status: 'pending';
      /** `false` when no worker polls the task's queue; `null` when that was not checked. */
      readonly workerPresent: boolean | null;
    }
  | {
      readonly status: 'processing';
      /** The running attempt, or the last one while the next is awaited; counted from 1. */
      readonly attempt: number;
      readonly progress: Progress | null;
    }
  | {
      readonly status: 'input_required';
      /** The attempt that asked; `null` when the questions come before the first. */
      readonly attempt: number | null;
      /** What is asked and not answered yet, by key. */
      readonly requests: InputRequests;
    }
  | Outcome;

export type TaskStatus = TaskState['status'];

/** One durable run of an operation. Instants are milliseconds since the epoch. */
export interface Task {
  readonly taskRef: string;
  readonly operation: string;
  /** As the caller sent it, or the one that was made up for the caller. */
  readonly idempotencyKey: string;
  /** The gateway's clock at the start: the same instant in every answer. */
  readonly createdAt: number;
  /** When it begins, where its start was put off: nothing runs before, and its time counts from then. */
  readonly startsAt?: number;
  /** The last change that is known; never before `createdAt`. */
  readonly updatedAt: number;
  /** When the task ends at the latest: the total time after it begins, and what it spends waiting for input. */
  readonly deadline: number;
  /** When the handle stops working; `null` while the task runs. */
  readonly expiresAt: number | null;
  /** How long the task can be read after its end, in milliseconds. */
  readonly retentionMs: number;
  /** Whether a cancel was requested before the task ended, however it ended: once `true`, it stays so. */
  readonly cancelRequested: boolean;
  /** How long tasks of this operation usually take; absent while that is not known. */
  readonly usual?: Usual | undefined;
  /** The workflow of another application that the task follows; absent where it follows none, or has not begun. */
  readonly target?: Target;
  readonly state: TaskState;
}

/** When a task begins that has not begun yet, in milliseconds since the epoch; `null` for any other. */
export function toLaterStart({ startsAt = 0 }: Task, now: number): number | null {
  return startsAt > now ? startsAt : null;
}

export function isDone(state: TaskState): state is Outcome {
  return state.status === 'completed' || state.status === 'failed';
}

/** How long tasks of an operation usually take, from their start to their end, in milliseconds. */
export interface Usual {
  /** A quarter took less. */
  readonly earlyMs: number;
  /** Half took less. */
  readonly middleMs: number;
  /** A quarter took more. */
  readonly lateMs: number;
}

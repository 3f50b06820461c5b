// The handle of a task, as a program holds it. Invariant: its JSON is all that another process needs to go on.
import type { InputRequests, InputResponses } from '../contract/input.ts';
import type { Progress } from '../contract/task.ts';
import type { TaskOutcome, TaskView } from './view.ts';

/** Answers the questions of a task. */
export type AnswerInput = (
  requests: InputRequests,
  context: { readonly signal: AbortSignal; readonly taskRef: string },
) => Promise<InputResponses>;

/** A handle as data: store it, send it, give it to `resume`. */
export interface SerializedHandle {
  readonly taskRef: string;
  /** `null` where only the task_ref was known. */
  readonly operation: string | null;
  /** `null` where it is not known. */
  readonly idempotencyKey: string | null;
  /** Present where the server answered the start with its result: there is no task to look up, and no task_ref. */
  readonly outcome?: TaskOutcome;
}

/** How to wait. */
export interface WaitOptions {
  /** Ends the wait; its reason is thrown. */
  readonly signal?: AbortSignal | undefined;
  /** Whether an aborted wait cancels the task, too. */
  readonly cancelOnAbort?: boolean;
  /** Called with what is new; only where the server reports progress. */
  readonly onProgress?: (progress: Progress) => void;
  /** Asked when the task needs answers; without it the wait goes on until they come from elsewhere. */
  readonly onInput?: AnswerInput | undefined;
}

/** A running or ended task. */
export interface TaskHandle extends SerializedHandle {
  /**
   * Waits until the task has ended; `cancelOnAbort` is `false` by default.
   *
   * @throws {TaskClientError} when the end cannot be learned
   */
  wait(options?: WaitOptions): Promise<TaskOutcome>;
  /** Reads the task once, waiting for the end up to `waitSeconds`, 0 by default. @throws {TaskClientError} */
  read(options?: {
    readonly waitSeconds?: number;
    readonly signal?: AbortSignal | undefined;
  }): Promise<TaskView>;
  /** Asks the task to stop; resolves when the server knows. @throws {TaskClientError} */
  cancel(reason?: string): Promise<void>;
  /** For `JSON.stringify`. */
  toJSON(): SerializedHandle;
}

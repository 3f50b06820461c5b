// A way to reach the tasks of a server: what can be asked of it, whatever goes over the wire. Invariant: a face knows words
// and shapes only; time limits, pauses and repetitions are the same on every face.
import type { InputResponses } from '../contract/input.ts';
import type { JsonObject } from '../contract/json.ts';
import type { CallTool } from './call-tool.ts';
import type { CallOptions } from './request-options.ts';
import type { TaskFailure, TaskView } from './view.ts';

export type Reply<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly refusal: TaskFailure };

export interface Step<Value> {
  /** The tool or the method, for errors. */
  readonly name: string;
  /** Rejects when no answer came. */
  readonly send: (connection: CallTool, options: CallOptions) => Promise<Reply<Value>>;
}

export interface Order {
  readonly operation: string;
  readonly parameters: JsonObject;
  readonly idempotencyKey: string;
  /** Seconds; `undefined` leaves it to the server. */
  readonly maxWaitSeconds: number | undefined;
  /** Seconds; `undefined` starts at once. */
  readonly startAfterSeconds: number | undefined;
}

/** A task, new or found again. */
export interface Started {
  /** Empty where the server has answered at once and there is no task. */
  readonly taskRef: string;
  readonly view: TaskView;
}

/** The tool pair, or native tasks of one of the two generations. */
export interface Face {
  /** Whether starting again with the same key finds the task. Otherwise a start whose answer was lost is not repeated. */
  readonly hasKeys: boolean;
  /** Whether the server can hold a poll until the task has ended. */
  readonly canWait: boolean;
  /** Whether it is plain polling where nothing is held: then it ends after `polling.maxAttempts` polls. */
  readonly countsPolls: boolean;
  readonly takesInput: boolean;
  start(order: Order): Step<Started>;
  poll(taskRef: string, waitSeconds: number): Step<TaskView>;
  /** `null` where nothing can be cancelled. */
  cancel(taskRef: string, reason: string | undefined): Step<unknown> | null;
  /** Answers questions, and shows the task as far as the server does. */
  provideInput(taskRef: string, responses: InputResponses): Step<TaskView>;
}

// How a server names its start/status pair. Invariant: what a dialect does not name is never sent, so a server that
// refuses unknown arguments is served, too.

import { EXTRAS } from '../contract/extras.ts';
import type { JsonObject } from '../contract/json.ts';

/**
 * The names of tools and fields. A field of an answer may be a path with dots (`job.state`). Leave out what the server
 * does not have.
 */
export interface Dialect {
  /** The tool that starts; a function where each operation has a tool of its own. */
  readonly startTool: string | ((operation: string) => string);
  /** The tool that reads a task. */
  readonly statusTool: string;
  /** The tool that cancels; without it nothing is cancelled. */
  readonly cancelTool?: string;
  /** The tool that takes answers to questions; without it `onInput` is never called. */
  readonly inputTool?: string;

  /** Argument of the start: the operation's name. */
  readonly operation?: string;
  /** Argument of the start: the parameters; without it they are the arguments themselves. */
  readonly parameters?: string;
  /** Argument of the start: the idempotency key. Without it a start whose answer was lost is not repeated. */
  readonly idempotencyKey?: string;
  /** Argument of the start: the total time, in seconds. */
  readonly maxWaitSeconds?: string;
  /** Argument of the start: how much later the task begins, in seconds. Without it no start can be put off. */
  readonly startAfterSeconds?: string;
  /** Argument of the status: how long the server may hold the call, in seconds. Without it the client polls. */
  readonly waitSeconds?: string;
  /** Added to the arguments of each call that can answer a result: has the server send it whole, however large. */
  readonly wholeResult?: JsonObject;
  /** Argument of the cancel: why. */
  readonly reason?: string;
  /** Argument of the input: the answers by key. */
  readonly responses?: string;

  /** The handle: field of the start's answer. */
  readonly taskRef: string;
  /** The handle as argument of the other tools, where it has another name there than `taskRef`. */
  readonly taskRefArgument?: string;
  /** Field: the status. */
  readonly status: string;
  /** Field: the result of a completed task. */
  readonly result: string;
  /** Field: the error of a failed task, an object `{ code, message, retryable }` or a text. */
  readonly error: string;
  /** Field: `{ fraction, message }`. */
  readonly progress?: string;
  /** Field: when to ask again, in milliseconds. */
  readonly pollAfterMs?: string;
  /** Field: the open questions by key. */
  readonly inputRequests?: string;

  /** Statuses of a task that ended well. */
  readonly completed: readonly string[];
  /** Statuses of a task that ended otherwise. */
  readonly failed: readonly string[];
  /** Statuses of a task that waits for answers. */
  readonly inputRequired?: readonly string[];
}

/** Longhaul's own pair: the default. */
export const LONGHAUL_DIALECT: Dialect = {
  startTool: 'initiate_background_task',
  statusTool: 'resolve_task_status',
  cancelTool: 'cancel_background_task',
  inputTool: 'provide_task_input',
  operation: 'operation_type',
  parameters: 'parameters',
  idempotencyKey: 'idempotency_key',
  maxWaitSeconds: 'max_wait_seconds',
  startAfterSeconds: 'start_after_seconds',
  waitSeconds: 'wait_seconds',
  wholeResult: { _meta: { [EXTRAS.wholeResult]: true } },
  reason: 'reason',
  responses: 'responses',
  taskRef: 'task_ref',
  status: 'status',
  result: 'result',
  error: 'error',
  progress: 'progress',
  pollAfterMs: 'poll_after_ms',
  inputRequests: 'input_requests',
  completed: ['completed'],
  failed: ['failed'],
  inputRequired: ['input_required'],
};

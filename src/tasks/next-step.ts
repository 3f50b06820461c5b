// One sentence that a model can follow, for every state of a task and every reason to refuse a call. A key names its
// task for good, so a failed task is repeated with a new idempotency_key and an unanswered call with the same one.
import type { ErrorCode, TaskError } from '../contract/errors.ts';
import { isFileReference, PART_BYTES, type FileReference } from '../contract/file.ts';
import type { InputRequests } from '../contract/input.ts';
import { isJsonObject } from '../contract/json.ts';
import type { Task, Usual } from '../contract/task.ts';
import { sayUsual } from './durations.ts';
import type { Cancellation } from './service.ts';

/** What a sentence needs to know beside the task. */
export interface StepHints {
  /** When to ask again, in milliseconds. */
  readonly pollAfterMs: number;
  /** Longest `wait_seconds` that is honoured. */
  readonly waitCapSeconds: number;
  /** When the task begins that has not begun yet, in milliseconds since the epoch. Default: it has. */
  readonly startsAt?: number | null;
  /** How long such tasks take; `undefined` while that is not known. */
  readonly usual?: Usual | undefined;
}

/** How a failed task is run once more, by the way that it was started. */
const AGAIN = {
  control: 'call initiate_background_task again with a new idempotency_key',
  typed: 'call the same tool again with a new idempotency_key',
} as const;

const AFTER_FAILURE: Record<ErrorCode, string> = {
  INVALID_PARAMETERS: `Correct the parameters as error.details says, then {again}.`,
  UNKNOWN_OPERATION: `The worker does not know this operation: tell the user that gateway and worker are configured differently.`,
  IDEMPOTENCY_KEY_CONFLICT: `To run this request, {again}.`,
  TASK_NOT_FOUND: `If it is still wanted, {again}.`,
  QUEUE_TIMEOUT: `Nothing was run: make sure that a worker is running, then {again}.`,
  ATTEMPT_TIMEOUT: `Its effect upstream is not known: find out whether it took effect before you {again}.`,
  DEADLINE_EXCEEDED: `Find out whether it took effect; if it is still wanted, {again} and, if you set it, a larger max_wait_seconds.`,
  OUTCOME_UNKNOWN: `Do not repeat it blindly: it may have taken effect. Find out upstream or ask the user before you {again}.`,
  CANCELLED: `It was cancelled; nothing more to do. To run it after all, {again}.`,
  TERMINATED: `An operator ended it: ask the user before you {again}.`,
  UPSTREAM_REJECTED: `The same request will be refused again: if error.message names what is wrong with the parameters, change them and {again}; otherwise tell the user what it says.`,
  UPSTREAM_UNAVAILABLE: `A retry can help: {wait}{again} and the same parameters.`,
  CIRCUIT_OPEN: `A retry can help: {wait}{again} and the same parameters.`,
  RATE_LIMITED: `A retry can help: {wait}{again} and the same parameters.`,
  RESULT_TOO_LARGE: `It ran, so do not repeat it as it was: if the parameters can ask for less, {again} and narrower parameters.`,
  FILE_NOT_FOUND: `The file is gone or was never there: store it again, then {again} and its new uri.`,
  FILE_DAMAGED: `The stored file cannot be used: store it again, or {again} to have the result made anew.`,
  STORAGE_UNAVAILABLE: `A retry can help: {wait}{again} and the same parameters.`,
  SUBMISSION_UNCONFIRMED: `A retry can help: {wait}{again} and the same parameters.`,
  BACKEND_UNAVAILABLE: `A retry can help: {wait}{again} and the same parameters.`,
  INTERNAL: `Repeating it unchanged is unlikely to help: report error.message to the user.`,
};

/** After a task whose job was still running upstream when it ended, as the error's details say. */
const AFTER_JOB = {
  mayGoOn: `Do not start it again blindly: its job or workflow may go on, as error.details says. Find out there or ask the user before you {again}.`,
  cancelled: `Its job could not be followed and was cancelled upstream: tell the user what error.message says, and once that is mended, {again}.`,
};

/** Codes after which a job that was cancelled upstream needs no other words: its time was up, or the cancel was requested. */
const CANCELLED_BY_PLAN: readonly ErrorCode[] = ['DEADLINE_EXCEEDED', 'CANCELLED'];

/** After a refused call; codes that only tasks end with are covered by their retryability. */
const AFTER_REFUSAL: Partial<Record<ErrorCode, string>> = {
  INVALID_PARAMETERS: `Nothing was done: correct every path in error.details and call again.`,
  UNKNOWN_OPERATION: `Nothing was started: pick an operation_type that list_operations shows and call again.`,
  IDEMPOTENCY_KEY_CONFLICT: `Nothing was started: repeat the first request exactly to get its task, or use a new idempotency_key for this one.`,
  TASK_NOT_FOUND: `Check that task_ref was copied exactly; list_background_tasks finds handles again.`,
  BACKEND_UNAVAILABLE: `Nothing is lost: {wait}repeat the same call, with the same idempotency_key if it had one.`,
  SUBMISSION_UNCONFIRMED: `It may have been started: {wait}repeat the same call with idempotency_key {key}, which finds the task if it exists.`,
  INTERNAL: `Repeating the call is unlikely to help: report error.message to the user.`,
};

/** What to do about a task as it stands. */
export function toNextStep(task: Task, hints: StepHints): string {
  const { state, deadline, cancelRequested } = task;
  switch (state.status) {
    case 'pending':
      if (hints.startsAt && !cancelRequested) return toPendingStep(hints);
      if (state.workerPresent !== false) return `It waits for a worker. ${toPollStep(hints)}`;
      return (
        `No worker is polling, so nothing runs until one is started: tell the user. ` +
        `The task waits until ${new Date(deadline).toISOString()}. ${toPollStep(hints)}`
      );
    case 'processing':
      if (!cancelRequested) return toPollStep(hints);
      return `A cancel was requested and is not confirmed yet. ${toPollStep(hints)}`;
    case 'input_required':
      return toInputStep(state.requests, hints);
    case 'completed':
      return isFileReference(state.result)
        ? toFileStep(state.result)
        : 'The result is final; no further call is needed.';
    case 'failed':
      return toFailureStep(state.error);
  }
}

/** How a result is had that has become a file. */
function toFileStep({ uri, size }: FileReference): string {
  return (
    `The result is final, and a file of ${size} bytes: read ${uri} as a resource, in parts by ?offset=0&length=${PART_BYTES} and so on where ` +
    'it is larger than that, or give its uri to an operation that takes a file.'
  );
}

/** What to do about a task that has failed; `face` is the way that it was started. */
export function toFailureStep(error: TaskError, face: keyof typeof AGAIN = 'control'): string {
  return fill(toJobStep(error) ?? AFTER_FAILURE[error.code], error, face);
}

function toJobStep({ code, details }: TaskError): string | null {
  const job = isJsonObject(details) ? (details['job'] ?? details['workflow']) : null;
  const mayGoOn = isJsonObject(job) ? job['may_go_on'] : null;
  if (mayGoOn === true) return AFTER_JOB.mayGoOn;
  return mayGoOn === false && !CANCELLED_BY_PLAN.includes(code) ? AFTER_JOB.cancelled : null;
}

function toInputStep(requests: InputRequests, hints: StepHints): string {
  const [first, ...others] = Object.keys(requests);
  if (first === undefined) return `Its questions are answered. ${toPollStep(hints)}`;
  const takesDecline = Object.values(requests).every((request) => request.takesDecline ?? true);
  const decline = takesDecline ? '; action may be decline or cancel instead' : '';
  const response = JSON.stringify({ [first]: { action: 'accept', content: {} } });
  return (
    `The task waits for a person (${[first, ...others].join(', ')}): ask the user what input_requests says, then call provide_task_input ` +
    `with this task_ref and responses such as ${response}, its content as requested_schema says${decline}.`
  );
}

export function toCancelStep({ task, cancellation }: Cancellation, hints: StepHints): string {
  switch (cancellation) {
    case 'requested':
      return `The cancel is on its way. ${toPollStep(hints)}`;
    case 'confirmed':
      return 'The task was cancelled; no further call is needed.';
    case 'already_finished': {
      const how = task.cancelRequested
        ? 'It was asked to cancel, and ended in its own way all the same.'
        : 'It had finished before the cancel.';
      return `${how} ${toNextStep(task, hints)}`;
    }
  }
}

/** What to do about a call that was refused. */
export function toRefusalStep(error: TaskError): string {
  const sentence =
    AFTER_REFUSAL[error.code] ??
    (error.retryable
      ? '{wait}repeat the same call, with the same idempotency_key if it had one.'
      : 'Repeating the same call will not help: change it as error.message says.');
  return fill(sentence, error);
}

/** How to follow a task of which nothing runs yet. */
export function toPendingStep(hints: StepHints): string {
  if (!hints.startsAt) return toPollStep(hints);
  const instant = new Date(hints.startsAt).toISOString();
  return `Nothing runs before ${instant}: call resolve_task_status with this task_ref after that, or cancel_background_task to take it back.`;
}

/** How to follow a task that is not done. */
function toPollStep({ pollAfterMs, waitCapSeconds, usual }: StepHints): string {
  const said = usual ? ` (${sayUsual(usual)})` : '';
  const wait =
    waitCapSeconds > 0
      ? `, or now with wait_seconds up to ${waitCapSeconds} to be answered as soon as it is done`
      : '';
  return `Call resolve_task_status with this task_ref in ${Math.ceil(pollAfterMs / 1000)} s${said}${wait}.`;
}

/** What goes before the next step of a read that came far too early, once too often. */
export function toThrottledStep(waitCapSeconds: number): string {
  const instead = waitCapSeconds > 0 ? ', or send wait_seconds' : '';
  return `This answer was held back, since reading more often does not make it faster: wait for poll_after_ms${instead}. `;
}

/** What goes before the next step of a wait that found no place among those of its caller. */
export const CROWDED_STEP =
  'As many of your calls wait as may at the same time, so this one was answered at once. ';

/** What goes before the next step of a task whose request another running task has, too. */
export function toEqualRequestStep({ taskRef, idempotencyKey }: Task): string {
  return (
    `A second task now runs for the same request as ${taskRef}, which has idempotency_key ${JSON.stringify(idempotencyKey)} and is not done. ` +
    'Unless you meant two, call cancel_background_task with the task_ref of this answer and follow the other. '
  );
}

function fill(
  sentence: string,
  { retryAfterMs, details }: TaskError,
  face: keyof typeof AGAIN = 'control',
): string {
  const wait =
    retryAfterMs === undefined
      ? 'wait a little, then '
      : `wait ${Math.max(1, Math.round(retryAfterMs / 1000))} s, then `;
  const key =
    isJsonObject(details) && typeof details['idempotency_key'] === 'string'
      ? JSON.stringify(details['idempotency_key'])
      : 'unchanged';
  const filled = sentence
    .replace('{again}', AGAIN[face])
    .replace('{wait}', wait)
    .replace('{key}', key);
  return filled.charAt(0).toUpperCase() + filled.slice(1);
}

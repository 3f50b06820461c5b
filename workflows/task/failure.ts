// How an attempt failed, as an error of the table, and how a task ends. The one place where Temporal's failures get
// their code.
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Held } from '../../src/contract/workflow/call.ts';
import { createTaskError, isErrorCode, type TaskError } from '../../src/contract/errors.ts';
import { INPUT_REQUIRED, type InputRequests } from '../../src/contract/input.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import {
  ATTEMPT_LOST,
  ATTEMPT_PUT_OFF,
  KEY_MISSING,
  UNKNOWN_TO_WORKER,
  type PutOffCode,
} from '../../src/contract/workflow/task-input.ts';

/** Why an attempt brought no result. */
export interface AttemptFailure {
  /**
   * `reported`: the operation said so. `limit`: its time was up. `lost`: it vanished with its worker. `not_run`: the
   * worker does not know the operation, or cannot decrypt its input. `put_off`: the operation is
   * switched off. `queued`: its principal has its share of the worker's slots.
   */
  readonly cause: 'reported' | 'limit' | 'lost' | 'not_run' | 'put_off' | 'queued';
  readonly error: TaskError;
}

/** How a task ends that no worker took in time. */
export const QUEUE_ERROR = createTaskError(
  'QUEUE_TIMEOUT',
  'no worker took the task within its queue time; nothing was run',
);

/** How a task ends whose total ran out. */
export const DEADLINE_ERROR = createTaskError(
  'DEADLINE_EXCEEDED',
  'the total time of the task ran out; an attempt that was running may have taken effect upstream',
);

const ATTEMPT_ERROR = createTaskError(
  'ATTEMPT_TIMEOUT',
  'the attempt took longer than the operation allows; its effect upstream is not known',
);

const VANISHED_ERROR = createTaskError(
  'OUTCOME_UNKNOWN',
  'the attempt vanished with its worker; it may or may not have taken effect upstream',
);

const CANCELLED_ERROR = createTaskError('CANCELLED', 'the task was cancelled on request');

/** Whether a cancel, and nothing else, ended the activity. */
export function isCancelled(failure: unknown): boolean {
  return causeOf(failure) instanceof CancelledFailure;
}

/** What an attempt asks; `null` when it failed for another reason. */
export function toQuestions(failure: unknown): InputRequests | null {
  const cause = causeOf(failure);
  const asks = cause instanceof ApplicationFailure && cause.type === INPUT_REQUIRED;
  return asks ? (cause.details?.[0] as InputRequests) : null;
}

/** Which worker holds what asks. */
export function toHeld(failure: unknown): Held {
  const cause = causeOf(failure);
  const more: unknown = cause instanceof ApplicationFailure ? cause.details?.[1] : null;
  const holder = isJsonObject(more) ? more['holder'] : undefined;
  return typeof holder === 'string' ? { holder } : {};
}

/**
 * What is behind a failed activity that is not repeated by Temporal.
 *
 * @param leftMs what is left of the total, in milliseconds: an attempt that may last as long as the task ends with it
 */
export function toAttemptFailure(failure: unknown, leftMs = Infinity): AttemptFailure {
  const cause = causeOf(failure);
  if (cause instanceof TimeoutFailure) return toTimeout(cause, leftMs);
  if (!(cause instanceof ApplicationFailure)) {
    const message = failure instanceof Error ? failure.message : String(failure);
    return { cause: 'reported', error: createTaskError('INTERNAL', message) };
  }
  if (cause.type === ATTEMPT_LOST) {
    return { cause: 'lost', error: createTaskError('OUTCOME_UNKNOWN', cause.message) };
  }
  if (cause.type === UNKNOWN_TO_WORKER) {
    return { cause: 'not_run', error: createTaskError('UNKNOWN_OPERATION', cause.message) };
  }
  if (cause.type === KEY_MISSING) {
    return { cause: 'not_run', error: createTaskError('INTERNAL', cause.message) };
  }
  if (cause.type === ATTEMPT_PUT_OFF) {
    return toPutOff(cause);
  }
  return { cause: 'reported', error: toReportedError(cause) };
}

function toPutOff(failure: ApplicationFailure): AttemptFailure {
  const [detail] = (failure.details ?? []) as readonly { readonly code?: unknown }[];
  const code: PutOffCode = detail?.code === 'RATE_LIMITED' ? 'RATE_LIMITED' : 'CIRCUIT_OPEN';
  const error = { ...toReportedError(failure), code, retryable: true };
  return { cause: code === 'RATE_LIMITED' ? 'queued' : 'put_off', error };
}

export interface PollEnd {
  readonly error: TaskError;
  /** Whether the job may still be running upstream. */
  readonly jobMayRun: boolean;
}

/** What is behind a poll that ended without a result. Temporal repeats polls until one ends the job or time is up. */
export function toPollEnd(failure: unknown): PollEnd {
  if (isCancelled(failure)) return { error: CANCELLED_ERROR, jobMayRun: true };
  if (failure instanceof ActivityFailure && failure.retryState === 'TIMEOUT') {
    const last = failure.cause instanceof ApplicationFailure ? failure.cause.message : null;
    const error = createTaskError(
      'DEADLINE_EXCEEDED',
      `the total time of the task ran out before its job was done${last === null ? '' : `; the last poll said: ${last}`}`,
    );
    return { error, jobMayRun: true };
  }
  const { cause, error } = toAttemptFailure(failure);
  return { error, jobMayRun: cause !== 'reported' || saysThatJobMayRun(failure) };
}

/** Whether the last poll says nothing about the job; a poll of an older worker says neither. */
function saysThatJobMayRun(failure: unknown): boolean {
  const cause = causeOf(failure);
  const detail: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : null;
  return isJsonObject(detail) && detail['jobMayRun'] === true;
}

/** The failure that ends the workflow: its type is the error's code. */
export function toWorkflowFailure(error: TaskError, attempt: number | null): ApplicationFailure {
  return ApplicationFailure.nonRetryable(error.message, error.code, { ...error, attempt });
}

/** The failure of a task that was to be cancelled: it says so beside its error. */
export function withCancelRequested(failure: unknown): unknown {
  if (!(failure instanceof ApplicationFailure)) return failure;
  const { message, type, details } = failure;
  const detail = { ...(details?.[0] as object), cancelRequested: true };
  return ApplicationFailure.nonRetryable(message, type ?? 'INTERNAL', detail);
}

function causeOf(failure: unknown): unknown {
  return failure instanceof ActivityFailure ? failure.cause : failure;
}

function toReportedError(failure: ApplicationFailure): TaskError {
  if (failure.type === INPUT_REQUIRED) {
    return createTaskError('INTERNAL', `${failure.message}; a job can only ask in its submit`);
  }
  const code = isErrorCode(failure.type) ? failure.type : 'INTERNAL';
  const more: unknown = failure.details?.[0];
  const { retryAfterMs, details } = isJsonObject(more) ? more : {};
  return createTaskError(code, failure.message, {
    retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
    details,
  });
}

function toTimeout(timeout: TimeoutFailure, leftMs: number): AttemptFailure {
  switch (timeout.timeoutType) {
    case 'SCHEDULE_TO_START':
      return { cause: 'limit', error: QUEUE_ERROR };
    case 'START_TO_CLOSE':
      return { cause: 'limit', error: leftMs > 0 ? ATTEMPT_ERROR : DEADLINE_ERROR };
    case 'SCHEDULE_TO_CLOSE':
      return { cause: 'limit', error: DEADLINE_ERROR };
    case 'HEARTBEAT':
    case undefined:
      return { cause: 'lost', error: VANISHED_ERROR };
  }
}

// How an attempt failed, as an error of the table, and how a task ends: what the failures mean in which Temporal reports the end
// of an activity.
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { Held } from '../../src/contract/workflow/call.ts';
import { createTaskError, type TaskError } from '../../src/contract/errors.ts';
import { INPUT_REQUIRED, type InputRequests } from '../../src/contract/input.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import {
  ATTEMPT_ERROR,
  DEADLINE_ERROR,
  QUEUE_ERROR,
  toReportedFailure,
  VANISHED,
  type AttemptFailure,
} from '../../src/contract/workflow/attempt-failure.ts';

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
  return toReportedFailure(cause);
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
      return VANISHED;
  }
}

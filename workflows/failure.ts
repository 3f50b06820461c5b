// How an activity failed, as an error of the table. The one place where Temporal's failures get their code.
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { createTaskError, isErrorCode, type TaskError } from '../src/contract/errors.ts';
import { isJsonObject } from '../src/contract/json.ts';

/** Whether a cancel, and nothing else, ended the activity. */
export function isCancelled(failure: unknown): boolean {
  return failure instanceof CancelledFailure || causeOf(failure) instanceof CancelledFailure;
}

/** The error of the table behind a failed activity. */
export function toAttemptError(failure: unknown): TaskError {
  const cause = causeOf(failure);
  if (cause instanceof TimeoutFailure) return toTimeoutError(cause);
  if (cause instanceof ApplicationFailure) {
    const code = isErrorCode(cause.type) ? cause.type : 'INTERNAL';
    const more: unknown = cause.details?.[0];
    const { retryAfterMs, details } = isJsonObject(more) ? more : {};
    return createTaskError(code, cause.message, {
      retryAfterMs: typeof retryAfterMs === 'number' ? retryAfterMs : undefined,
      details,
    });
  }
  return createTaskError('INTERNAL', failure instanceof Error ? failure.message : String(failure));
}

/** The failure that ends the workflow: its type is the error's code. */
export function toWorkflowFailure(error: TaskError, attempt: number | null): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: true,
    details: [{ ...error, attempt }],
  });
}

function causeOf(failure: unknown): unknown {
  return failure instanceof ActivityFailure ? failure.cause : failure;
}

function toTimeoutError(timeout: TimeoutFailure): TaskError {
  switch (timeout.timeoutType) {
    case 'SCHEDULE_TO_START':
      return createTaskError(
        'QUEUE_TIMEOUT',
        'no worker took the task within its queue time; nothing was run',
      );
    case 'START_TO_CLOSE':
      return createTaskError(
        'ATTEMPT_TIMEOUT',
        'the attempt took longer than the operation allows; its effect upstream is not known',
      );
    case 'SCHEDULE_TO_CLOSE':
      return createTaskError('DEADLINE_EXCEEDED', 'the total time of the task ran out');
    case 'HEARTBEAT':
    case undefined:
      return createTaskError(
        'OUTCOME_UNKNOWN',
        'the attempt vanished with its worker; it may or may not have taken effect upstream',
      );
  }
}

// How an activity ended, as the outcome of its task. The one place that gives the endings of an activity their code; tested as a table.
import {
  ApplicationFailure,
  CancelledFailure,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { createTaskError, type TaskError } from '../../../contract/errors.ts';
import { isJsonObject } from '../../../contract/json.ts';
import type { Outcome } from '../../../contract/task.ts';
import {
  ATTEMPT_ERROR,
  DEADLINE_ERROR,
  QUEUE_ERROR,
  toReportedFailure,
  VANISHED,
} from '../../../contract/workflow/attempt-failure.ts';
import { toOutcome } from '../outcome.ts';

/** What is known of the activity beside its end. */
export interface Ended {
  /** Whether a worker ever took it. */
  readonly wasTaken: boolean;
  /** The last attempt that may have reached the operation; `null` when none did. */
  readonly lastRun: number | null;
  /** Whether an attempt has not said how it ended. */
  readonly inDoubt: boolean;
  /** Whether an attempt that vanished would have run again. */
  readonly runsAgain: boolean;
  readonly cancelRequested: boolean;
}

/** @param failure what the activity failed with, decoded */
export function toFailedOutcome(failure: Error, ended: Ended): Outcome {
  if (failure instanceof ApplicationFailure) {
    const [detail] = failure.details ?? [];
    const { error } = toReportedFailure(failure);
    return toOutcome({
      kind: 'failed',
      type: error.code,
      message: failure.message,
      // The server ends one for whose next attempt it finds no time with what was to be retried.
      detail: { attempt: ended.lastRun, ...(isJsonObject(detail) ? detail : {}), ...error },
    });
  }
  if (failure instanceof TerminatedFailure) {
    return toOutcome({ kind: 'terminated', reason: failure.message });
  }
  if (failure instanceof TimeoutFailure) return toTimedOut(failure, ended);
  if (failure instanceof CancelledFailure) return toOutcome({ kind: 'cancelled' });
  return failed(createTaskError('INTERNAL', failure.message));
}

function toTimedOut(timeout: TimeoutFailure, ended: Ended): Outcome {
  const { wasTaken, lastRun, inDoubt, runsAgain, cancelRequested } = ended;
  const { timeoutType, cause } = timeout;
  if (!wasTaken) {
    return timeoutType === 'SCHEDULE_TO_START' && !cancelRequested
      ? failed(QUEUE_ERROR)
      : toOutcome({ kind: 'timed_out', attemptStarted: false, cancelRequested });
  }
  switch (timeoutType) {
    case 'SCHEDULE_TO_START': // no worker took the attempt that was to follow
    case 'SCHEDULE_TO_CLOSE':
      // What was sent back to the end says why.
      if (lastRun === null && cause instanceof ApplicationFailure) {
        return failed(toReportedFailure(cause).error);
      }
      return inDoubt
        ? failed(DEADLINE_ERROR, lastRun)
        : toOutcome({ kind: 'timed_out', attemptStarted: true, cancelRequested });
    case 'START_TO_CLOSE':
      return failed(ATTEMPT_ERROR, lastRun);
    case 'HEARTBEAT':
    case undefined:
      // Temporal runs nothing again that is to be cancelled.
      if (runsAgain && cancelRequested) return toOutcome({ kind: 'cancelled' });
      return failed(VANISHED.error, lastRun);
  }
}

function failed(error: TaskError, attempt: number | null = null): Outcome {
  return { status: 'failed', error, attempt };
}

// How an attempt failed, as an error of the table: what a worker reported, and the words for what only Temporal can tell.
import { createTaskError, isErrorCode, type TaskError } from '../errors.ts';
import { INPUT_REQUIRED } from '../input.ts';
import { isJsonObject } from '../json.ts';
import {
  ATTEMPT_LOST,
  ATTEMPT_PUT_OFF,
  KEY_MISSING,
  UNKNOWN_TO_WORKER,
  type PutOff,
  type PutOffCode,
} from './task-input.ts';

/** Why an attempt brought no result. */
export interface AttemptFailure {
  /**
   * `reported`: the operation said so. `limit`: its time was up. `lost`: it vanished with its worker. `not_run`: the
   * worker does not know the operation, or cannot decrypt its input. `put_off`: the operation is
   * switched off. `queued`: its principal has its share of the worker's slots.
   */
  readonly cause: 'reported' | 'limit' | 'lost' | 'not_run' | 'put_off' | 'queued';
  readonly error: TaskError;
  /** When its turn may come, in milliseconds, where it is `queued`. Absent from an older worker. */
  readonly turnMs?: number;
}

/** A failure that a worker reported, as Temporal carries it. */
export interface ReportedFailure {
  readonly type?: string | null | undefined;
  readonly message: string;
  readonly details?: readonly unknown[] | null | undefined;
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

export const ATTEMPT_ERROR = createTaskError(
  'ATTEMPT_TIMEOUT',
  'the attempt took longer than the operation allows; its effect upstream is not known',
);

const VANISHED_ERROR = createTaskError(
  'OUTCOME_UNKNOWN',
  'the attempt vanished with its worker; it may or may not have taken effect upstream',
);

/** An attempt of which nothing was heard any more. */
export const VANISHED: AttemptFailure = { cause: 'lost', error: VANISHED_ERROR };

export function toReportedFailure(failure: ReportedFailure): AttemptFailure {
  switch (failure.type ?? '') {
    case ATTEMPT_LOST:
      return { cause: 'lost', error: createTaskError('OUTCOME_UNKNOWN', failure.message) };
    case UNKNOWN_TO_WORKER:
      return { cause: 'not_run', error: createTaskError('UNKNOWN_OPERATION', failure.message) };
    case KEY_MISSING:
      return { cause: 'not_run', error: createTaskError('INTERNAL', failure.message) };
    case ATTEMPT_PUT_OFF:
      return toPutOff(failure);
    default:
      return { cause: 'reported', error: toReportedError(failure) };
  }
}

function toPutOff(failure: ReportedFailure): AttemptFailure {
  const [detail] = (failure.details ?? []) as readonly Partial<PutOff>[];
  const code: PutOffCode = detail?.code === 'RATE_LIMITED' ? 'RATE_LIMITED' : 'CIRCUIT_OPEN';
  const error = { ...toReportedError(failure), code, retryable: true };
  if (code === 'CIRCUIT_OPEN') return { cause: 'put_off', error };
  return { cause: 'queued', error, ...(detail?.turnMs !== undefined && { turnMs: detail.turnMs }) };
}

function toReportedError(failure: ReportedFailure): TaskError {
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

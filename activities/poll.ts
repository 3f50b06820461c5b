// A look at a job that did not end it is a failed attempt of the poll activity whose retry is the next look: the pause
// between looks costs neither a worker slot nor a history event.
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import type { ErrorCode } from '../src/contract/errors.ts';
import { isJsonObject } from '../src/contract/json.ts';
import { JOB_RUNNING } from '../src/contract/task-input.ts';
import type { JobPolling, JobStatus } from '../src/operations/operation.ts';

/** The job runs on: the failure that schedules the next look, and carries the progress to readers of the state. */
export function toRunningFailure(
  status: JobStatus & { readonly done: false },
  polling: JobPolling,
  look: number,
): ApplicationFailure {
  const { progress = null, pollAfterMs } = status;
  return ApplicationFailure.create({
    type: JOB_RUNNING,
    message: progress?.message ?? 'the job is still running',
    nonRetryable: false,
    nextRetryDelay: pollAfterMs ?? pause(polling, look),
    category: ApplicationFailureCategory.BENIGN,
    details: [{ progress }],
  });
}

/** A look that failed: what can pass by itself is looked at again, anything else ends the job. */
export function toLookFailure(thrown: unknown, polling: JobPolling, look: number): unknown {
  if (!(thrown instanceof ApplicationFailure)) return thrown;
  const lost = thrown.type === 'OUTCOME_UNKNOWN'; // the worker shut down during the look
  if (thrown.nonRetryable && !lost) return thrown;
  const detail: unknown = thrown.details?.[0];
  const retryAfterMs = isJsonObject(detail) ? Number(detail['retryAfterMs'] ?? 0) : 0;
  return ApplicationFailure.create({
    type: thrown.type ?? ('INTERNAL' satisfies ErrorCode),
    message: thrown.message,
    nonRetryable: false,
    nextRetryDelay: Math.max(pause(polling, look), retryAfterMs),
    details: [detail],
  });
}

/** Pause after the n-th look, n counted from 1, in milliseconds. */
function pause(polling: JobPolling, look: number): number {
  const { initialIntervalMs, backoffMultiplier, maxIntervalMs } = polling;
  return Math.min(initialIntervalMs * backoffMultiplier ** (look - 1), maxIntervalMs);
}

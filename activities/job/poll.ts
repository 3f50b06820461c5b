// A look at a job that did not end it is a failed attempt of the poll activity whose retry is the next look: the pause
// between looks costs neither a worker slot nor a history event.
import type { Info } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { toBackOffMs } from '../../src/contract/back-off.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import { JOB_RUNNING } from '../../src/contract/task-input.ts';
import type { JobPolling, JobStatus } from '../../src/operations/operation.ts';
import { boundProgress } from '../attempt/heartbeat.ts';
import { isUnread, UNREAD_LOOKS, UNREAD_PAUSE_MS } from './unread.ts';

/** Which look at the job this is, and how much time there is for another. */
export interface Look {
  /** Counted from 1. */
  readonly number: number;
  /** What is left of the task's total, in milliseconds. */
  readonly leftMs: number;
  /** How long before the total runs out the job is looked at once more, in milliseconds. */
  readonly lastLookMs: number;
  /** How many looks before this one, in a row, could not be read. */
  readonly unread: number;
}

/** A job is looked at once more so long before the total runs out, in milliseconds. */
const LAST_LOOK_MS = 1_000;

/**
 * The look that an attempt of the poll activity is.
 *
 * @param info the attempt; instants are the server's, so that its clock and this machine's need not agree
 * @param tookMs how long the look has taken
 */
export function toLook(info: Info, tookMs: number, unread = 0, lastLookMs = LAST_LOOK_MS): Look {
  const beforeMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  const leftMs = info.scheduleToCloseTimeoutMs - beforeMs - tookMs;
  return { number: info.attempt, leftMs, lastLookMs, unread };
}

/** The job runs on: the failure that schedules the next look, and carries the progress to readers of the state. */
export function toRunningFailure(
  status: JobStatus & { readonly done: false },
  polling: JobPolling,
  look: Look,
): ApplicationFailure {
  const progress = status.progress ? boundProgress(status.progress) : null;
  return ApplicationFailure.create({
    type: JOB_RUNNING,
    message: progress?.message ?? 'the job is still running',
    nonRetryable: false,
    nextRetryDelay: toPause(status.pollAfterMs ?? grow(polling, look.number), look),
    category: ApplicationFailureCategory.BENIGN,
    details: [{ progress }],
  });
}

/** A look that failed: what can pass by itself is looked at again, anything else ends the job. */
export function toLookFailure(thrown: unknown, polling: JobPolling, look: Look): unknown {
  if (!(thrown instanceof ApplicationFailure) || thrown.nonRetryable) return thrown;
  const detail: unknown = thrown.details?.[0];
  const retryAfterMs = isJsonObject(detail) ? Number(detail['retryAfterMs'] ?? 0) : 0;
  const again = !isUnread(thrown) || look.unread + 1 < UNREAD_LOOKS;
  const pauseMs = Math.max(
    grow(polling, look.number),
    isUnread(thrown) ? toBackOffMs(UNREAD_PAUSE_MS, 2, look.unread) : 0,
    retryAfterMs,
  );
  return ApplicationFailure.create({
    type: thrown.type ?? ('INTERNAL' satisfies ErrorCode),
    message: again
      ? thrown.message
      : `${thrown.message}; ${UNREAD_LOOKS} looks in a row said nothing about the job`,
    nonRetryable: !again,
    ...(again && { nextRetryDelay: toPause(pauseMs, look) }),
    details: [isJsonObject(detail) && !again ? { ...detail, jobMayRun: true } : detail],
  });
}

/** Shortest pause, in milliseconds: to Temporal, none at all would mean its own. */
const SHORTEST_MS = 10;

/** Where the next look would come too late, one just in time takes its place. */
function toPause(wantedMs: number, { leftMs, lastLookMs }: Look): number {
  const lastMs = leftMs - lastLookMs;
  const pauseMs = wantedMs > lastMs && lastMs > SHORTEST_MS ? lastMs : wantedMs;
  return Math.max(SHORTEST_MS, Math.round(pauseMs));
}

/** Pause after the n-th poll, n counted from 1, in milliseconds. */
function grow(
  { initialIntervalMs, backoffMultiplier, maxIntervalMs }: JobPolling,
  n: number,
): number {
  return toBackOffMs(initialIntervalMs, backoffMultiplier, n - 1, maxIntervalMs);
}

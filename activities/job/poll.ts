// A poll that finds the job running is a failed attempt of the poll activity, and its retry is the next poll: the pause between
// polls costs neither a worker slot nor a history event.
import type { Info } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { toBackOffMs } from '../../src/contract/back-off.ts';
import type { ErrorCode } from '../../src/contract/errors.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import { JOB_RUNNING } from '../../src/contract/workflow/task-input.ts';
import type { JobPolling, JobStatus } from '../../src/operations/operation.ts';
import { boundProgress } from '../attempt/heartbeat.ts';
import { isUnread, UNREAD_POLLS, UNREAD_PAUSE_MS } from './unread.ts';

export interface Poll {
  /** Counted from 1. */
  readonly number: number;
  /** What is left of the task's total, in milliseconds. */
  readonly leftMs: number;
  /** How long before the total runs out the last poll comes, in milliseconds. */
  readonly lastPollMs: number;
  /** How many polls before this one, in a row, could not be read. */
  readonly unread: number;
}

const LAST_POLL_MS = 1_000;

/**
 * @param info the attempt; instants are the server's, so that its clock and this machine's need not agree
 * @param tookMs how long the poll has taken
 */
export function toPoll(info: Info, tookMs: number, unread = 0, lastPollMs = LAST_POLL_MS): Poll {
  const beforeMs = info.currentAttemptScheduledTimestampMs - info.scheduledTimestampMs;
  const leftMs = info.scheduleToCloseTimeoutMs - beforeMs - tookMs;
  return { number: info.attempt, leftMs, lastPollMs, unread };
}

/** The job runs on: the failure that schedules the next poll, and brings the progress to readers of the state. */
export function toRunningFailure(
  status: JobStatus & { readonly done: false },
  polling: JobPolling,
  poll: Poll,
): ApplicationFailure {
  const progress = status.progress ? boundProgress(status.progress) : null;
  return ApplicationFailure.create({
    type: JOB_RUNNING,
    message: progress?.message ?? 'the job is still running',
    nonRetryable: false,
    nextRetryDelay: toPause(status.pollAfterMs ?? grow(polling, poll.number), poll),
    category: ApplicationFailureCategory.BENIGN,
    details: [{ progress }],
  });
}

/** A poll that failed: one whose cause can pass is repeated, any other ends the job. */
export function toPollFailure(thrown: unknown, polling: JobPolling, poll: Poll): unknown {
  if (!(thrown instanceof ApplicationFailure) || thrown.nonRetryable) return thrown;
  const detail: unknown = thrown.details?.[0];
  const retryAfterMs = isJsonObject(detail) ? Number(detail['retryAfterMs'] ?? 0) : 0;
  const again = !isUnread(thrown) || poll.unread + 1 < UNREAD_POLLS;
  const pauseMs = Math.max(
    grow(polling, poll.number),
    isUnread(thrown) ? toBackOffMs(UNREAD_PAUSE_MS, 2, poll.unread) : 0,
    retryAfterMs,
  );
  return ApplicationFailure.create({
    type: thrown.type ?? ('INTERNAL' satisfies ErrorCode),
    message: again
      ? thrown.message
      : `${thrown.message}; ${UNREAD_POLLS} polls in a row said nothing about the job`,
    nonRetryable: !again,
    ...(again && { nextRetryDelay: toPause(pauseMs, poll) }),
    details: [isJsonObject(detail) && !again ? { ...detail, jobMayRun: true } : detail],
  });
}

/** Shortest pause, in milliseconds: to Temporal, none at all would mean its own. */
const SHORTEST_MS = 10;

/** Where the next poll would come too late, one just in time takes its place. */
function toPause(wantedMs: number, { leftMs, lastPollMs }: Poll): number {
  const lastMs = leftMs - lastPollMs;
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

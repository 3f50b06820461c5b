// From what describe shows of a running workflow to the state of its task. A pure function, tested as a table.
import { parseActivityId } from '../../../contract/workflow/activity-id.ts';
import type { BatchCounts } from '../../../contract/workflow/batch.ts';
import type { ErrorCode } from '../../../contract/errors.ts';
import { isJsonObject } from '../../../contract/json.ts';
import {
  parseBatchMemo,
  parseDelayMemo,
  parseInputMemo,
  parseTaskMemo,
  parseWaitingMemo,
  type DelayMemo,
} from '../../../contract/workflow/memo.ts';
import { parseProgress, toShare } from '../../../contract/progress.ts';
import type { Progress, TaskState } from '../../../contract/task.ts';
import { JOB_RUNNING } from '../../../contract/workflow/task-input.ts';
import { PAUSED, QUEUED, WAITS } from '../waiting.ts';
import type { Execution, PendingActivity } from './execution.ts';

/**
 * Events of a history in which no attempt can have ended: started, three of the first workflow task, activity
 * scheduled. An attempt's start is written only together with its end.
 */
const EVENTS_BEFORE_FIRST_END = 5;

const SWITCHED_OFF: ErrorCode = 'CIRCUIT_OPEN';

/** The state of a running task; the caller fills in `workerPresent`. */
export function toRunningState(execution: Execution): TaskState {
  const { activity, memo } = execution;
  const input = parseInputMemo(memo);
  if (input) {
    const { requests, attempt } = input;
    return { status: 'input_required', attempt: attempt === 0 ? null : attempt, requests };
  }
  const batch = parseBatchMemo(memo);
  if (batch) return { status: 'processing', attempt: 1, progress: toBatchProgress(batch) };
  const delay = parseDelayMemo(memo);
  if (activity) {
    const { kind, attempt } = parseActivityId(activity.id);
    if (activity.started || attempt > 1 || activity.attempt > 1 || delay || kind !== 'attempt') {
      return { status: 'processing', attempt, progress: progressOf(activity) };
    }
    return { status: 'pending', workerPresent: null };
  }
  const { createdAt = 0, startAfterMs = 0 } = parseTaskMemo(memo) ?? {};
  if (startAfterMs > 0 && createdAt + startAfterMs > Date.now()) {
    return { status: 'pending', workerPresent: null };
  }
  const waiting = parseWaitingMemo(memo);
  if (waiting?.queued && waiting.attempt === 1 && !delay) {
    return { status: 'pending', workerPresent: null };
  }
  if (delay && !waiting) {
    return { status: 'processing', attempt: 1, progress: toDelayProgress(delay, Date.now()) };
  }
  if (waiting || execution.historyLength > EVENTS_BEFORE_FIRST_END) {
    return {
      status: 'processing',
      attempt: waiting?.attempt ?? 1,
      progress: waiting?.queued ? QUEUED : waiting?.code === SWITCHED_OFF ? WAITS : null,
    };
  }
  return { status: 'pending', workerPresent: null };
}

function toBatchProgress({ done, failed, total }: BatchCounts): Progress {
  return {
    fraction: toShare((done + failed) / total),
    message: `${done} of ${total} items done, ${failed} failed`,
  };
}

/** How far a wait is follows from the clock. */
function toDelayProgress({ from, until }: DelayMemo, now: number): Progress {
  const waitedMs = Math.min(Math.max(0, now - from), until - from);
  return {
    fraction: toShare(waitedMs / (until - from)),
    message: `waited ${Math.floor(waitedMs / 1000)} of ${(until - from) / 1000} s`,
  };
}

/** A running attempt reports with its heartbeat, a job with the failure that schedules the next poll. */
function progressOf({ paused, heartbeat, failure }: PendingActivity): Progress | null {
  if (paused) return PAUSED;
  const running =
    failure?.type === JOB_RUNNING && isJsonObject(failure.detail) ? failure.detail : null;
  return parseProgress(running?.['progress']) ?? parseProgress(heartbeat);
}

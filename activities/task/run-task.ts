// A task that is one activity: what a workflow decides elsewhere, each attempt decides here at its end, and the next one at its beginning for
// those that vanished. Temporal hands on from attempt to attempt what the last heartbeat said. Invariant: an attempt runs only when
// everything before it is accounted for, and the policy that the task was started with wants another.
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import {
  parseHeartbeat,
  toEndedAt,
  toHeartbeat,
  type ActivityOutput,
  type ActivityTask,
  type Tally,
} from '../../src/contract/activity/task.ts';
import { createTaskError, type ErrorCode, type TaskError } from '../../src/contract/errors.ts';
import { INPUT_REQUIRED } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import {
  DEADLINE_ERROR,
  toReportedFailure,
  VANISHED,
  type AttemptFailure,
} from '../../src/contract/workflow/attempt-failure.ts';
import type { CallEnd } from '../../src/contract/workflow/call.ts';
import {
  countFailure,
  decideNextStep,
  toLimits,
  toLossReason,
  toShownError,
} from '../../src/contract/workflow/next-step.ts';
import { NO_REPORTS, type TaskReports } from '../../src/contract/workflow/observation.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import { hadNoTimeToVanish } from './had-no-time.ts';

const NEEDS_WORKFLOW = createTaskError(
  'INTERNAL',
  'the operation asked for input, which a task in the activity lane cannot wait for: declare it with lane: workflow',
);

/**
 * Runs one attempt of a task, and says what follows.
 *
 * Rejects with an `ApplicationFailure` that Temporal repeats or, where it is final, whose type is a code of the error table; or with a
 * `CancelledFailure`.
 */
export async function runTask(
  task: ActivityTask,
  run: (input: AttemptInput) => Promise<Json>,
  reports: TaskReports = NO_REPORTS,
): Promise<ActivityOutput> {
  const activity = Context.current();
  const toSpent = countSpent(task, activity);
  const { tally } = parseHeartbeat(activity.info.heartbeatDetails);
  const before = await countMissing(task, tally, activity, reports, toSpent);
  const attempt = before.soFar.attempt + 1;
  try {
    const input = { ...toAttemptInput(task), attempt };
    const result = toResult(task, await reports.run(attempt, async () => run(input)));
    reportEnd(reports, null);
    const isCancelled = activity.cancellationDetails?.cancelRequested === true;
    return {
      result,
      attempt,
      ...(isCancelled && { cancelRequested: true }),
      ...toEndedAt(activity.info.currentAttemptScheduledTimestampMs, Date.now()),
    };
  } catch (thrown) {
    if (!(thrown instanceof ApplicationFailure)) {
      reportEnd(reports, 'CANCELLED');
      throw thrown;
    }
    const failure = toAttemptFailure(thrown);
    const { soFar, next, error } = decide(task, before, failure, attempt, toSpent());
    if (isOver(activity)) {
      // Of one that an operator terminated, nothing is reported.
      if (await hasTimedOut(activity)) reportEnd(reports, DEADLINE_ERROR.code);
      throw thrown;
    }
    reports.attemptEnded(failure.error.code);
    if (!next.again) {
      reports.taskEnded(error.code);
      throw toFinal(error, soFar.lastRun, activity);
    }
    if (next.kind !== 'next try to begin') reports.repeated(next.kind);
    // What is known of this attempt must be there before the next one begins.
    activity.heartbeat(toHeartbeat(null, { attempts: activity.info.attempt, soFar }));
    throw ApplicationFailure.fromError(thrown, {
      ...(thrown.type && { type: thrown.type }),
      details: thrown.details ?? [],
      nonRetryable: false,
      nextRetryDelay: Math.max(1, next.afterMs),
    });
  }
}

/** The attempt of a call says beside the result whether the server has made a task of it, which in this lane it has not. */
function toResult({ kind }: ActivityTask, returned: Json): Json {
  return kind === 'call' ? (returned as CallEnd & { readonly result: Json }).result : returned;
}

/**
 * Attempts since the last that said here how it ended: they vanished, but for the last one of them, of which Temporal may know that it was
 * not run, and those before it that had no time to vanish. Fails where the task ends with one of them.
 */
async function countMissing(
  task: ActivityTask,
  tally: Tally,
  activity: Context,
  reports: TaskReports,
  toSpent: () => number,
): Promise<Tally> {
  const missing = activity.info.attempt - 1 - tally.attempts;
  if (missing <= 0) return tally;
  const last = await readLast(activity);
  const isNotRun = last?.failure.cause === 'not_run';
  const areNotRun =
    isNotRun &&
    tally.attempts === 0 &&
    hadNoTimeToVanish(activity.info, missing, task.startAfterMs ?? 0, last.endedAt);
  let known = tally;
  for (let left = missing; left > 0; left -= 1) {
    const attempt = known.soFar.attempt + 1;
    const failure = areNotRun || (isNotRun && left === 1) ? last.failure : VANISHED;
    const { soFar, next, error } = decide(task, known, failure, attempt, toSpent());
    if (left === 1) reports.attemptEnded(failure.error.code); // those before it, the attempts after them have reported
    if (!next.again) {
      reports.taskEnded(error.code);
      throw toFinal(error, soFar.lastRun, activity);
    }
    if (left === 1) reports.repeated('recovery');
    known = { attempts: known.attempts + 1, soFar };
  }
  return known;
}

function reportEnd(reports: TaskReports, code: ErrorCode | null): void {
  reports.attemptEnded(code);
  reports.taskEnded(code);
}

/** Whether Temporal has ended the activity already. */
function isOver({ cancellationDetails }: Context): boolean {
  return cancellationDetails?.notFound === true || cancellationDetails?.timedOut === true;
}

async function hasTimedOut(activity: Context): Promise<boolean> {
  try {
    return (await toHandle(activity).describe()).status === 'TIMED_OUT';
  } catch {
    return false;
  }
}

/** What a worker said that could not even read the task, or did not know what it is. */
async function readLast(
  activity: Context,
): Promise<{ readonly failure: AttemptFailure; readonly endedAt: number } | null> {
  try {
    const shown = await toHandle(activity).describe({ includeLastFailure: true });
    const failure = await shown.getLastFailure();
    if (!(failure instanceof ApplicationFailure)) return null;
    const endedAt = shown.lastAttemptCompleteTime?.getTime() ?? Infinity;
    return { failure: toReportedFailure(failure), endedAt };
  } catch {
    return null; // not known is as if it had vanished
  }
}

function toHandle({ client, info }: Context) {
  return client.activity.getHandle(info.activityId, info.activityRunId);
}

function decide(
  task: ActivityTask,
  { soFar: before }: Tally,
  failure: AttemptFailure,
  attempt: number,
  spentMs: number,
) {
  const { totalMs, queueMs } = task.policy;
  const left = { totalMs: totalMs - spentMs, queueMs: queueMs - spentMs };
  const limits = toLimits(task, failure, attempt, left);
  const counted = countFailure(before, failure, attempt);
  // It has not left the queue.
  const soFar = { ...counted, attempt: failure.cause === 'queued' ? attempt - 1 : attempt };
  const next = decideNextStep(failure, soFar, limits);
  const reason = toLossReason(failure, soFar, limits);
  const error = toShownError(failure, before.lastRun);
  return { soFar, next, error: { ...error, message: error.message + reason } };
}

/**
 * What of the task's time has gone, in milliseconds, by the server's clock alone: that of a worker may be wrong by minutes. How long this
 * attempt waited for its worker is not known here, and left out; the server begins no attempt for which there is no time.
 */
function countSpent({ startAfterMs = 0 }: ActivityTask, { info }: Context): () => number {
  const { scheduledTimestampMs, currentAttemptScheduledTimestampMs } = info;
  const beforeMs = currentAttemptScheduledTimestampMs - scheduledTimestampMs - startAfterMs;
  const beganAt = performance.now();
  return () => Math.max(0, beforeMs) + performance.now() - beganAt;
}

function toAttemptInput(task: ActivityTask): Omit<AttemptInput, 'attempt'> {
  const { parameters, storedParameters, idempotencyKey, principal, policy } = task;
  return {
    ...{ parameters, idempotencyKey, principal, limitMs: policy.attemptMs },
    ...(storedParameters && { storedParameters }),
  };
}

function toAttemptFailure(thrown: ApplicationFailure): AttemptFailure {
  return thrown.type === INPUT_REQUIRED
    ? { cause: 'reported', error: NEEDS_WORKFLOW }
    : toReportedFailure(thrown);
}

/** The failure that ends the activity: its type is the error's code. */
function toFinal(
  error: TaskError,
  attempt: number | null,
  { cancellationDetails }: Context,
): ApplicationFailure {
  const isCancelled = cancellationDetails?.cancelRequested === true;
  const detail = { ...error, attempt, ...(isCancelled && { cancelRequested: true }) };
  return ApplicationFailure.nonRetryable(error.message, error.code, detail);
}

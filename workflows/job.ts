// A job: submitted once, then asked for. Waiting holds no worker slot: `poll` is one activity whose retry is the polling
// interval, and retries leave no history events. Invariant: a job that was submitted is cancelled upstream when the
// task ends before it.
import {
  ActivityCancellationType,
  CancellationScope,
  CancelledFailure,
  proxyActivities,
} from '@temporalio/workflow';
import type { Json } from '../src/contract/json.ts';
import type { TaskInput, TaskOutput } from '../src/contract/task-input.ts';
import { runAttempts, remainingMs, type Activities } from './attempts.ts';
import { isCancelled, toAttemptError, toWorkflowFailure } from './failure.ts';
import type { Story } from './story.ts';

/** Longest a look at the job, or its cancel, may take. */
const CALL_MS = 30_000;

/** The workflow's own timeout lies 5 s behind the total: cleaning up after a deadline must fit. */
const CANCEL_AFTER_DEADLINE_MS = 4_000;

/** Runs a job to its outcome. */
export async function runJob(input: TaskInput, story: Story): Promise<TaskOutput> {
  // A submit that is cut off leaves a job that nobody can name: a cancel waits for its answer.
  const { result: handle, attempt } = await CancellationScope.nonCancellable(async () =>
    runAttempts(input, `${input.operation}.submit`, story),
  );
  story.tell(`Submitted; the job's handle is \`${JSON.stringify(handle)}\``);
  try {
    return { result: await poll(input, handle, attempt), attempt };
  } catch (failure) {
    const cancelled = isCancelled(failure);
    const error = toAttemptError(failure);
    if (cancelled || error.code === 'DEADLINE_EXCEEDED') {
      await cancelUpstream(
        input,
        handle,
        attempt,
        cancelled ? CALL_MS : CANCEL_AFTER_DEADLINE_MS,
        story,
      );
    }
    if (cancelled) throw new CancelledFailure('the task was cancelled on request');
    throw toWorkflowFailure(error, attempt);
  }
}

async function poll(input: TaskInput, handle: Json, attempt: number): Promise<Json> {
  const activities = proxyActivities<Activities>({
    activityId: `poll-${attempt}`,
    summary: 'poll until the job is done',
    scheduleToCloseTimeout: remainingMs(input),
    startToCloseTimeout: Math.min(CALL_MS, remainingMs(input)),
    heartbeatTimeout: input.policy.heartbeatMs,
    cancellationType: ActivityCancellationType.TRY_CANCEL, // a look at a job has no effect to wait for
    // The pause between looks comes from the activity, as `nextRetryDelay`; this one follows a look that was lost.
    retry: { initialInterval: 1000, backoffCoefficient: 1 },
  });
  return call(activities, `${input.operation}.poll`, input, attempt, handle);
}

async function cancelUpstream(
  input: TaskInput,
  handle: Json,
  attempt: number,
  limitMs: number,
  story: Story,
): Promise<void> {
  const activities = proxyActivities<Activities>({
    activityId: `cancel-${attempt}`,
    summary: 'cancel the job upstream',
    scheduleToCloseTimeout: limitMs,
    heartbeatTimeout: input.policy.heartbeatMs,
    retry: { initialInterval: 500, maximumAttempts: 5 },
  });
  try {
    const asked = await CancellationScope.nonCancellable(async () =>
      call(activities, `${input.operation}.cancel`, input, attempt, handle),
    );
    story.tell(
      asked === true ? 'Cancelled upstream' : 'The operation has no way to cancel upstream',
    );
  } catch (failure) {
    // The task ends either way; what the upstream said stands in the history.
    story.tell(`The upstream did not confirm the cancel: ${toAttemptError(failure).message}`);
  }
}

async function call(
  activities: Activities,
  activityType: string,
  input: TaskInput,
  attempt: number,
  handle: Json,
): Promise<Json> {
  const { parameters, idempotencyKey, principal } = input;
  const activity = activities[activityType];
  if (!activity) throw new TypeError(activityType);
  return activity({ parameters, idempotencyKey, principal, attempt, handle });
}

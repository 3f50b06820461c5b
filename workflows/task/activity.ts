// Calling an activity by the name of its operation: one type per operation, so that its name shows in the Temporal UI
// and in metrics, and no workflow code that lists them.
import {
  CancellationScope,
  proxyActivities,
  workflowInfo,
  type ActivityOptions,
  type ActivityProxyOptions,
} from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import type { InputResponses } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import { CANCEL_AFTER_TOTAL_MS } from '../../src/contract/workflow/run-timeout.ts';
import type { AttemptInput, TaskInput } from '../../src/contract/workflow/task-input.ts';
import type { Task } from './task.ts';

/** Runs one activity. Rejects with an `ActivityFailure`, or with a `CancelledFailure` in a scope that was cancelled. */
export function callActivity<Result = Json>(
  activityType: string,
  args: readonly unknown[],
  options: ActivityProxyOptions,
): Promise<Result> {
  const activities = proxyActivities<{ named(...args: readonly unknown[]): Promise<Result> }>(
    options,
  );
  return activities[activityType as 'named'](...args);
}

/** Longest time to stop what runs elsewhere, in milliseconds. */
const STOP_MS = 30_000;

/** Asks for the end of a job or a workflow, also when the task is cancelled: within a little more than the time that is left. */
export async function callToStop(
  { input, clock }: Task,
  step: 'cancel' | 'stop',
  stopped: AttemptInput,
  summary: string,
  more: Partial<ActivityOptions> = {},
): Promise<Json> {
  const { totalMs, heartbeatMs } = input.policy;
  const scheduleToCloseTimeout = Math.min(
    STOP_MS,
    Math.max(0, clock.left(totalMs)) + CANCEL_AFTER_TOTAL_MS,
  );
  return CancellationScope.nonCancellable(async () =>
    callActivity(toStepType(input.operation, step), [stopped], {
      activityId: toActivityId(step, stopped.attempt),
      summary,
      scheduleToCloseTimeout,
      heartbeatTimeout: heartbeatMs,
      retry: { initialInterval: 500, maximumAttempts: 5 },
      ...more,
    }),
  );
}

/** What every activity of a task is given. */
export function toAttemptInput(
  input: TaskInput,
  attempt: number,
  inputResponses: InputResponses,
): AttemptInput {
  const { kind, parameters, storedParameters, idempotencyKey, principal, delayMs, before } = input;
  const answered = Object.keys(inputResponses).length > 0;
  return {
    parameters,
    ...(storedParameters && { storedParameters }),
    idempotencyKey,
    principal,
    attempt,
    ...(kind === 'job' && { takesLateLook: true }),
    firstRunId: workflowInfo().firstExecutionRunId,
    ...(delayMs !== undefined && { delayedMs: delayMs }),
    ...(input.callbackUrl !== undefined && { callbackUrl: input.callbackUrl }),
    ...(answered && { inputResponses }),
    // Only what has asked goes on in a run that has one before it.
    ...(kind === 'call' && before && { hasAsked: true }),
  };
}

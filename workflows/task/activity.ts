// Calling an activity by the name of its operation: one type per operation, so that its name shows in the Temporal UI
// and in metrics, and no workflow code that lists them.
import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { InputResponses } from '../../src/contract/input.ts';
import type { Json } from '../../src/contract/json.ts';
import type { AttemptInput, TaskInput } from '../../src/contract/task-input.ts';

/** Runs one activity. Rejects with an `ActivityFailure`, or with a `CancelledFailure` in a scope that was cancelled. */
export async function callActivity(
  activityType: string,
  input: AttemptInput,
  options: ActivityOptions,
): Promise<Json> {
  const activities = proxyActivities<{ named(input: AttemptInput): Promise<Json> }>(options);
  return activities[activityType as 'named'](input);
}

/** What every activity of a task is given. */
export function toAttemptInput(
  input: TaskInput,
  attempt: number,
  inputResponses: InputResponses,
): AttemptInput {
  const { kind, parameters, storedParameters, idempotencyKey, principal, delayMs } = input;
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
  };
}

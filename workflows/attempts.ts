// The attempts of a task, one activity each: every attempt stands in the history with its own failure, and who decides
// about the next one is the policy that the task was started with. Invariant: at most one attempt runs at a time.
import {
  ActivityCancellationType,
  CancelledFailure,
  proxyActivities,
  sleep,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { createTaskError } from '../src/contract/errors.ts';
import type { Json } from '../src/contract/json.ts';
import type { AttemptInput, TaskInput, TaskOutput } from '../src/contract/task-input.ts';
import { isCancelled, toAttemptError, toWorkflowFailure } from './failure.ts';
import { decideNextStep, isLoss } from './next-step.ts';
import type { Story } from './story.ts';

/** Activities, by type: one type per operation, so that its name shows in the Temporal UI and in metrics. */
export type Activities = Record<string, (input: AttemptInput) => Promise<Json>>;

/** Time that is left of the task's total, in milliseconds; at least 1, since Temporal refuses 0. */
export function remainingMs(input: TaskInput): number {
  return Math.max(1, workflowInfo().startTime.getTime() + input.policy.totalMs - Date.now());
}

/**
 * Runs an activity until it succeeds or the policy gives up.
 *
 * @param activityType the activity of each attempt
 * @returns the first success
 * @throws {ApplicationFailure} whose type is a code of the error table
 */
export async function runAttempts(
  input: TaskInput,
  activityType: string,
  story: Story,
): Promise<TaskOutput> {
  const { idempotent, policy } = input;
  let failures = 0;
  let losses = 0;
  for (let attempt = 1; ; attempt += 1) {
    story.tell(`Attempt ${attempt} of \`${activityType}\` scheduled`);
    try {
      return { result: await runAttempt(input, activityType, attempt), attempt };
    } catch (failure) {
      if (isCancelled(failure)) {
        story.tell(`Attempt ${attempt} cancelled`);
        throw new CancelledFailure('the task was cancelled on request');
      }
      const error = toAttemptError(failure);
      if (isLoss(error)) losses += 1;
      else failures += 1;
      const next = decideNextStep(
        error,
        { failures, losses },
        { idempotent, retry: policy.retry, remainingMs: remainingMs(input) },
      );
      story.tell(`Attempt ${attempt} failed: **${error.code}** ${error.message}`);
      if (!next.again) throw toWorkflowFailure(error, attempt);
      if (next.afterMs > 0) {
        // Between attempts no activity is pending; the memo keeps describe's answer at `processing`.
        upsertMemo({ waiting: { attempt, code: error.code } });
        story.tell(`${next.kind} in ${next.afterMs} ms`);
        await sleep(next.afterMs);
      }
    }
  }
}

async function runAttempt(input: TaskInput, activityType: string, attempt: number): Promise<Json> {
  const { parameters, idempotencyKey, principal, policy } = input;
  const totalMs = remainingMs(input);
  const activities = proxyActivities<Activities>({
    activityId: `attempt-${attempt}`,
    summary: `attempt ${attempt}`,
    scheduleToCloseTimeout: totalMs,
    // Only the first attempt can find nobody at all; it must be told apart from a total that ran out while running.
    ...(attempt === 1 && {
      scheduleToStartTimeout: Math.max(1, Math.min(policy.queueMs, totalMs - QUEUE_MARGIN_MS)),
    }),
    startToCloseTimeout: Math.min(policy.attemptMs, totalMs),
    heartbeatTimeout: policy.heartbeatMs,
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
  });
  const activity = activities[activityType];
  if (!activity) throw toWorkflowFailure(createTaskError('INTERNAL', activityType), attempt);
  return activity({ parameters, idempotencyKey, principal, attempt });
}

/** When queue and total time are equal, the queue's timer must fire first to be told apart. */
const QUEUE_MARGIN_MS = 50;

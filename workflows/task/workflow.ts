// A workflow of another application: started once, followed to its real end. Invariant: a task whose workflow may go on after it says
// so; one that was cancelled goes on until its workflow has ended, unless that was left to itself.
import {
  CancelledFailure,
  CancellationScope,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import { createTaskError, type TaskError } from '../../src/contract/errors.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import type { RunMemo } from '../../src/contract/workflow/memo.ts';
import {
  parseTarget,
  type Stopped,
  type StopReason,
  type Target,
} from '../../src/contract/workflow/target.ts';
import type { AttemptInput, TaskOutput } from '../../src/contract/workflow/task-input.ts';
import { toUiPath } from '../../src/contract/ui-path.ts';
import { callActivity, callToStop, toAttemptInput } from './activity.ts';
import { runAttempts } from './attempts.ts';
import { isCancelled, toAttemptFailure, toPollEnd, toWorkflowFailure } from './failure.ts';
import type { Task } from './task.ts';

/** Beats of an attempt that one who follows may miss: a follower beats for days, and each beat is a write. */
const BEATS = 6;

/** Starts a workflow, and ends as it ends. */
export async function runWorkflow(task: Task): Promise<TaskOutput> {
  const { input, statusLines, questions } = task;
  const { result, attempt } = await runAttempts(task);
  const target = toTarget(result);
  upsertMemo({ target } satisfies RunMemo);
  statusLines.add(
    `Follows the workflow ${toLink(target)}${target.joined ? ', which ran already' : ''}`,
  );
  const step: AttemptInput = { ...toAttemptInput(input, attempt, questions.responses), target };
  const scope = CancellationScope.current();
  // A cancel is for the workflow; who follows it goes on, to see what becomes of it.
  const following = CancellationScope.nonCancellable(async () => follow(task, step));
  following.catch(() => undefined);
  try {
    return { result: await Promise.race([following, scope.cancelRequested]), attempt };
  } catch (failure) {
    if (!isCancelled(failure)) return await end(task, step, failure, null);
  }
  const stopped = await stop(task, step, 'cancel');
  statusLines.add(`Cancelled: ${stopped.said}`);
  if (stopped.how === 'left') {
    const message = `the task was cancelled; ${stopped.said}`;
    const details = toDetails(step, stopped);
    throw toWorkflowFailure(createTaskError('CANCELLED', message, { details }), attempt);
  }
  try {
    return { result: await following, attempt };
  } catch (failure) {
    return await end(task, step, failure, stopped);
  }
}

/** Longest link that a status line has room for, in characters. */
const LINK_CHARACTERS = 250;

/** Its name, as a link where the Temporal UI that shows the task has it, too. */
function toLink({ workflowId, runId, profile, namespace }: Target): string {
  const name = `\`${workflowId}\``;
  const link = `[${name}](${toUiPath(namespace ?? workflowInfo().namespace, workflowId, runId)})`;
  return profile === undefined && link.length <= LINK_CHARACTERS ? link : name;
}

function toTarget(result: Json): Target {
  const target = parseTarget(result);
  if (target) return target;
  const error = createTaskError('INTERNAL', 'the start of the workflow did not say which it is');
  throw toWorkflowFailure(error, null);
}

async function follow({ input, clock }: Task, step: AttemptInput): Promise<Json> {
  const { policy, operation } = input;
  const leftMs = Math.max(1, clock.left(policy.totalMs));
  const beginMs = step.target?.joined ? null : clock.left(policy.queueMs);
  const isBounded = beginMs !== null && beginMs < leftMs;
  const following = { ...step, ...(isBounded && { beginMs: Math.max(0, beginMs) }) };
  return callActivity(toStepType(operation, 'follow'), [following], {
    activityId: toActivityId('follow', step.attempt),
    summary: `follow ${step.target?.workflowId ?? ''}`,
    scheduleToCloseTimeout: leftMs,
    startToCloseTimeout: leftMs,
    heartbeatTimeout: policy.heartbeatMs * BEATS,
    retry: { initialInterval: 1_000, backoffCoefficient: 1 },
  });
}

/** How a task ends whose workflow brought no result, or none in time. */
async function end(
  task: Task,
  step: AttemptInput,
  failure: unknown,
  cancelled: Stopped | null,
): Promise<never> {
  const { error, jobMayRun } = toPollEnd(failure);
  const name = step.target?.workflowId ?? '';
  task.statusLines.add(`The end of \`${name}\`: **${error.code}** ${error.message}`);
  if (!jobMayRun) {
    if (cancelled && isWish(error, cancelled)) throw new CancelledFailure(error.message);
    throw toWorkflowFailure(error, step.attempt);
  }
  const stopped = cancelled ?? (await stop(task, step, 'limit'));
  const message =
    error.code === 'DEADLINE_EXCEEDED'
      ? `the total time of the task ran out before the workflow ${name} ended`
      : error.message;
  const details = toDetails(step, stopped);
  throw toWorkflowFailure(
    { ...error, message: `${message}; ${stopped.said}`, details },
    step.attempt,
  );
}

/** Which workflow it is, and whether it may go on. */
function toDetails({ target }: AttemptInput, { how }: Stopped): JsonObject {
  const mayGoOn = how === 'requested' || how === 'left';
  const { workflowId = '', runId = '' } = target ?? {};
  return { workflow: { id: workflowId, run_id: runId, may_go_on: mayGoOn } };
}

/** Whether a workflow ended because the task was cancelled. */
function isWish({ code }: TaskError, { how }: Stopped): boolean {
  return code === 'CANCELLED' || (code === 'TERMINATED' && how === 'terminated');
}

/** Does to the workflow what its operation declares, within the time that is left. */
async function stop(task: Task, step: AttemptInput, stopReason: StopReason): Promise<Stopped> {
  try {
    const stopped = await callToStop(task, 'stop', { ...step, stopReason }, 'stop the workflow');
    return stopped as unknown as Stopped;
  } catch (failure) {
    const { error } = toAttemptFailure(failure);
    return {
      how: 'requested',
      said: `it may go on, since it could not be asked to end: ${error.message}`,
    };
  }
}

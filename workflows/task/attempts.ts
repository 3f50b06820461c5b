// The attempts of a task, one activity each: every attempt stands in the history with its own failure. The policy that the
// task was started with decides about the next one. Invariant: no attempt is scheduled while another is awaited, nor after
// a cancel.
import {
  ActivityCancellationType,
  CancelledFailure,
  CancellationScope,
  patched,
  sleep,
  upsertMemo,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { toActivityId, toAttemptType } from '../../src/contract/workflow/activity-id.ts';
import { toAttemptQueue } from '../../src/contract/workflow/attempt-queue.ts';
import { createTaskError, type TaskError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { DEADLINE_ERROR, QUEUE_ERROR } from '../../src/contract/workflow/attempt-failure.ts';
import type { RunMemo } from '../../src/contract/workflow/memo.ts';
import {
  countFailure,
  decideNextStep,
  isPutOff,
  NOTHING_BEFORE,
  toLimits,
  toLossReason,
  toShownError,
  type LaterRule,
  type NextStep,
} from '../../src/contract/workflow/next-step.ts';
import type {
  AttemptsBefore,
  TaskInput,
  TaskOutput,
} from '../../src/contract/workflow/task-input.ts';
import { callActivity, toAttemptInput } from './activity.ts';
import { delayFirst } from './delay.ts';
import {
  isCancelled,
  toAttemptFailure,
  toHeld,
  toQuestions,
  toWorkflowFailure,
} from './failure.ts';
import { callHolder } from './held.ts';
import { runForeign } from './foreign.ts';
import type { Task } from './task.ts';

/**
 * Runs the activity of an attempt until it succeeds or the policy gives up.
 *
 * Rejects with an `ApplicationFailure` whose type is a code of the error table, or with a `CancelledFailure`.
 */
export async function runAttempts(task: Task): Promise<TaskOutput> {
  const { input, statusLines, clock } = task;
  const activityType = input.activity?.type ?? toAttemptType(input.operation, input.kind);
  const { holder, ...before } = input.before ?? NOTHING_BEFORE;
  let soFar: AttemptsBefore = before;
  let putOff: TaskError | null = null;
  if (input.delayMs !== undefined) {
    await delayFirst(task).catch((failure: unknown) => {
      throw failure instanceof CancelledFailure
        ? toCancel(task, soFar.effect, soFar.attempt)
        : failure;
    });
  }
  for (let attempt = soFar.attempt + 1; ; attempt += 1) {
    const late = findLateness(task, attempt);
    if (late) throw toWorkflowFailure(putOff ?? late, soFar.lastRun);
    statusLines.add(`Attempt ${attempt} of \`${activityType}\` scheduled`);
    try {
      const at = attempt === before.attempt + 1 ? holder : undefined;
      const result = await callHolder(at, (more) => runAttempt(task, activityType, attempt, more));
      return { result, attempt };
    } catch (thrown) {
      const { lastRun, effect } = soFar;
      if (isCancelled(thrown)) throw toCancel(task, effect, attempt);
      const questions = toQuestions(thrown);
      if (questions) {
        // The run that would wait for the answers would not know of a cancel that came to this one.
        if (CancellationScope.current().consideredCancelled) throw toCancel(task, effect, attempt);
        const late = findLateness(task, attempt + 1);
        if (late) throw toWorkflowFailure(late, attempt);
        const asked = { ...soFar, attempt, lastRun: attempt, ...toHeld(thrown) };
        await task.questions.ask(questions, asked);
      }
      const leftMs = clock.left(input.policy.totalMs);
      const failure = toAttemptFailure(thrown, leftMs);
      const error = toShownError(failure, lastRun);
      putOff = isPutOff(failure) ? error : null;
      soFar = countFailure(soFar, failure, attempt);
      statusLines.add(`Attempt ${attempt} failed: **${error.code}** ${error.message}`);
      const left = { totalMs: leftMs, queueMs: clock.left(toQueueMs(input)) };
      const limits = toLimits(input, failure, attempt, left, (rule) => patched(RULE_PATCHES[rule]));
      const next = decideNextStep(failure, soFar, limits);
      if (!next.again) {
        const message = error.message + toLossReason(failure, soFar, limits);
        const last = { ...error, message };
        const final = effect === 'unknown' ? withDoubt(input, last) : last;
        throw toWorkflowFailure(final, soFar.lastRun);
      }
      const queued = failure.cause === 'queued';
      await pause(task, next, { attempt, code: error.code, queued }).catch(() => {
        throw toCancel(task, soFar.effect, attempt);
      });
      // It has not left the queue, and the queue's time goes on for a first attempt.
      if (queued) attempt -= 1;
    }
  }
}

/** Marks tasks with a rule that earlier tasks replay without. */
const RULE_PATCHES: Readonly<Record<LaterRule, string>> = {
  // asks again for an answer that was lost, where that does no harm
  retriesUnknown: 'retries-unknown',
  // when it is put off, ends while an attempt would still have time
  reserve: 'put-off-reserve',
  // comes again when its worker says that its turn may come
  turn: 'put-off-turn',
};

/** Why an attempt would come too late, if so. Waiting for the first worker is part of the queue time. */
function findLateness({ input, clock }: Task, attempt: number): TaskError | null {
  if (attempt === 1 && clock.left(toQueueMs(input)) <= 0) return QUEUE_ERROR;
  return clock.left(input.policy.totalMs) <= 0 ? DEADLINE_ERROR : null;
}

/** Until when a worker must have taken the first attempt, from the start of the task, in milliseconds. */
function toQueueMs({ policy, delayMs = 0 }: TaskInput): number {
  return Math.min(policy.totalMs, policy.queueMs + delayMs);
}

function runAttempt(
  { input, clock, questions }: Task,
  activityType: string,
  attempt: number,
  more: Partial<ActivityOptions>,
): Promise<Json> {
  const { policy } = input;
  const leftMs = clock.left(policy.totalMs);
  const { taskQueue } = workflowInfo();
  const options: ActivityOptions = {
    activityId: toActivityId('attempt', attempt),
    summary: `attempt ${attempt}`,
    taskQueue: toAttemptQueue(taskQueue, input.operation, policy),
    scheduleToCloseTimeout: leftMs,
    // Only the first attempt can find no worker at all, which is another failure than a total that ran out while running.
    ...(attempt === 1 && {
      scheduleToStartTimeout: Math.max(
        1,
        Math.min(
          clock.left(toQueueMs(input)),
          leftMs - Math.min(QUEUE_MARGIN_MS, Math.ceil(leftMs / 10)),
        ),
      ),
    }),
    startToCloseTimeout: Math.min(policy.attemptMs, leftMs),
    // An activity of another application that was not written to beat would count as vanished.
    ...(input.activity?.heartbeats !== false && { heartbeatTimeout: policy.heartbeatMs }),
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: { maximumAttempts: 1 },
    ...more,
  };
  if (input.activity) return runForeign(input, input.activity, attempt, options);
  const attemptInput = toAttemptInput(input, attempt, questions.responses);
  return callActivity(activityType, [attemptInput], options);
}

/** When queue and total time are equal, the queue's timer must fire first to show which it was; a tenth of short totals. */
const QUEUE_MARGIN_MS = 50;

async function pause(
  { statusLines }: Task,
  { afterMs, kind }: NextStep & { readonly again: true },
  {
    queued,
    ...after
  }: { readonly attempt: number; readonly code: string; readonly queued: boolean },
): Promise<void> {
  if (afterMs === 0) return;
  // Between attempts no activity is pending; the memo keeps describe's answer at `processing`.
  const waiting = { ...after, at: Date.now(), ...(queued && { queued }) };
  upsertMemo({ waiting } satisfies RunMemo);
  statusLines.add(`${kind} in ${afterMs} ms`);
  await sleep(afterMs);
}

/** Whether an attempt only starts something, which is then followed. */
function isStart(kind: TaskInput['kind']): boolean {
  return kind === 'job' || kind === 'workflow';
}

/** Of a job, the last submit's failure is not the whole truth where an earlier one may have started it. */
function withDoubt({ kind }: TaskInput, error: TaskError): TaskError {
  if (!isStart(kind) || error.code === 'OUTCOME_UNKNOWN') return error;
  const [start, started] = kind === 'job' ? ['submit', 'a job'] : ['start', 'the workflow'];
  return createTaskError(
    'OUTCOME_UNKNOWN',
    `an earlier ${start} was lost and may have started ${started}; the last one failed with ${error.code}: ${error.message}`,
    { details: error.details },
  );
}

/**
 * How a cancelled task ends. A job's submit that was lost may have left a job without a known handle: to call that
 * cancelled would be a guess.
 */
function toCancel(
  { input, statusLines }: Task,
  effect: 'none' | 'unknown',
  attempt: number,
): Error {
  statusLines.add('Cancelled');
  if (isStart(input.kind) && effect === 'unknown') {
    const error = createTaskError(
      'OUTCOME_UNKNOWN',
      input.kind === 'job'
        ? 'the task was cancelled after a submit was lost; a job may have been left upstream'
        : 'the task was cancelled after a start was lost; the workflow may have been started, and goes on then',
    );
    return toWorkflowFailure(error, attempt);
  }
  return new CancelledFailure('the task was cancelled on request');
}

// A job: submitted once, then asked for. Waiting holds no worker slot: `poll` is one activity whose retry is the polling
// interval, and retries leave no history events. Invariant: a job whose handle is known is cancelled upstream when the
// task ends before it, and where that is not confirmed, the outcome says so.
import {
  ActivityCancellationType,
  CancelledFailure,
  CancellationScope,
} from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/contract/json.ts';
import { cut } from '../../src/contract/text.ts';
import type { Followed } from '../../src/contract/workflow/call.ts';
import {
  DELAYED_POLL,
  type AttemptInput,
  type TaskOutput,
} from '../../src/contract/workflow/task-input.ts';
import { callActivity, callToStop, toAttemptInput } from './activity.ts';
import { runAttempts } from './attempts.ts';
import { untilCalledBack } from './called-back.ts';
import { toAttemptFailure, toHeld, toPollEnd, toQuestions, toWorkflowFailure } from './failure.ts';
import { awaitAnswers, callHolder } from './held.ts';
import { NOTHING_BEFORE } from '../../src/contract/workflow/next-step.ts';
import type { Task } from './task.ts';

/** Longest a poll may take, unless attempts may take longer, in milliseconds. */
const POLL_MS = 30_000;

export async function runJob(task: Task): Promise<TaskOutput> {
  // The activity does not pass a cancel on to a submit that runs: only its answer names the job.
  const { result, attempt } = await runAttempts(task);
  return followJob(task, toSubmitted(result), attempt);
}

/** Polls a job that has been started, from where its answers to questions are awaited, until it ends. */
export async function followJob(
  task: Task,
  followed: Followed,
  attempt: number,
): Promise<TaskOutput> {
  const { input, statusLines, questions } = task;
  const { handle, firstLookMs } = followed;
  const isResumed = input.before?.followed !== undefined;
  let isAnswered = !isResumed;
  if (isAnswered) statusLines.add(`Submitted; the job's handle is \`${JSON.stringify(handle)}\``);
  const toJob = (): AttemptInput => ({
    ...toAttemptInput(input, attempt, questions.responses),
    handle,
    ...(firstLookMs !== undefined && { firstLookMs }),
  });
  try {
    if (isResumed) await awaitAnswers(task, followed.holder);
    isAnswered = true;
    const polled = async () => poll(task, toJob(), followed.holder);
    return { result: await untilCalledBack(task, toJob(), polled), attempt };
  } catch (failure) {
    const { error, jobMayRun } = toPollEnd(await askOn(task, followed, attempt, failure));
    statusLines.add(`The job's end: **${error.code}** ${error.message}`);
    if (!jobMayRun && isAnswered) throw toWorkflowFailure(error, attempt);
    const doubt = await cancelUpstream(task, toJob(), followed.holder);
    statusLines.add(doubt ?? 'Cancelled upstream');
    if (doubt === null && error.code === 'CANCELLED') throw new CancelledFailure(error.message);
    const message = `${error.message}; ${doubt ?? 'the job was cancelled upstream'}`;
    const details = {
      ...toObject(error.details),
      job: { handle: toShown(handle, KEPT_CHARACTERS), may_go_on: doubt !== null },
    };
    throw toWorkflowFailure({ ...error, message, details }, attempt);
  }
}

/** Where the poll of a call asks: goes on as a new run, which waits for the answers. Otherwise, what ended the polls. */
async function askOn(
  { input, questions }: Task,
  { handle, holder }: Followed,
  attempt: number,
  failure: unknown,
): Promise<unknown> {
  const asked = input.kind === 'call' ? toQuestions(failure) : null;
  if (!asked) return failure;
  // The run that would wait for the answers would not know of a cancel that came to this one.
  if (CancellationScope.current().consideredCancelled) {
    return new CancelledFailure('the task was cancelled on request');
  }
  const followed = { handle, ...(holder !== undefined && { holder }), ...toHeld(failure) };
  const before = { ...(input.before ?? NOTHING_BEFORE), attempt, lastRun: attempt, followed };
  return questions.ask(asked, before);
}

/** Details of any kind as an object, which more can be said in. */
function toObject(details: Json | undefined): JsonObject {
  if (isJsonObject(details)) return details;
  return details === undefined ? {} : { said: details };
}

/** What a submit returned: its handle, and when the upstream wants to be asked first. */
function toSubmitted(result: Json): Followed {
  const late = isJsonObject(result) ? result[DELAYED_POLL] : undefined;
  if (!isJsonObject(late)) return { handle: result };
  return { handle: late['handle'] ?? null, firstLookMs: Number(late['firstLookMs']) };
}

/** Longest handle in an error's details, and longest in its message, in characters; an author's may be of any size. */
const KEPT_CHARACTERS = 2_048;
const SHOWN_CHARACTERS = 200;

/** A handle as it may stand in an error: itself where it is short, otherwise its beginning as text. */
function toShown(handle: Json, characters: number): Json {
  const text = typeof handle === 'string' ? handle : JSON.stringify(handle);
  return text.length <= characters ? handle : cut(text, characters, ' …');
}

async function poll(
  { input, clock }: Task,
  job: AttemptInput,
  holder: string | undefined,
): Promise<Json> {
  return callHolder(holder, async (more) => {
    const leftMs = Math.max(1, clock.left(input.policy.totalMs));
    return callActivity(toStepType(input.operation, 'poll'), [job], {
      activityId: toActivityId('poll', job.attempt),
      summary: 'poll until the job is done',
      scheduleToCloseTimeout: leftMs,
      startToCloseTimeout: Math.min(toPollMs(input.policy.attemptMs, leftMs), leftMs),
      heartbeatTimeout: input.policy.heartbeatMs,
      cancellationType: ActivityCancellationType.TRY_CANCEL, // a poll has no effect to wait for
      // The pause between polls comes from the activity, as `nextRetryDelay`; this one follows a poll that was lost.
      retry: { initialInterval: 1_000, backoffCoefficient: 1 },
      ...more,
    });
  });
}

/** As long as an attempt may take, but so that a poll that hangs leaves time for another. */
function toPollMs(attemptMs: number, leftMs: number): number {
  return Math.max(POLL_MS, Math.min(attemptMs, leftMs / 2));
}

/** Asks the upstream to stop the job; `null` when it confirmed, otherwise a clause that says what is left in doubt. */
async function cancelUpstream(
  task: Task,
  job: AttemptInput,
  holder: string | undefined,
): Promise<string | null> {
  const name = `the job ${JSON.stringify(toShown(job.handle ?? null, SHOWN_CHARACTERS))}`;
  try {
    const asked = await callHolder(holder, async (more) =>
      callToStop(task, 'cancel', job, 'cancel the job upstream', more),
    );
    return asked === true
      ? null
      : `${name} may go on upstream, since the operation cannot cancel it`;
  } catch (failure) {
    const { error } = toAttemptFailure(failure);
    return `${name} may go on upstream, since its cancel was not confirmed: ${error.message}`;
  }
}

// A job: submitted once, then asked for. Waiting holds no worker slot: `poll` is one activity whose retry is the polling
// interval, and retries leave no history events. Invariant: a job whose handle is known is cancelled upstream when the
// task ends before it, and where that is not confirmed, the outcome says so.
import { ActivityCancellationType, CancelledFailure } from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/activity-id.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/contract/json.ts';
import { cut } from '../../src/contract/text.ts';
import { DELAYED_POLL, type AttemptInput, type TaskOutput } from '../../src/contract/task-input.ts';
import { callActivity, callToStop, toAttemptInput } from './activity.ts';
import { runAttempts } from './attempts.ts';
import { untilCalledBack } from './called-back.ts';
import type { Task } from './task.ts';
import { toAttemptFailure, toPollEnd, toWorkflowFailure } from './failure.ts';

/** Longest a poll may take, unless attempts may take longer, in milliseconds. */
const POLL_MS = 30_000;

export async function runJob(task: Task): Promise<TaskOutput> {
  const { input, statusLines, questions } = task;
  // The activity does not pass a cancel on to a submit that runs: only its answer names the job.
  const { result, attempt } = await runAttempts(task);
  const { handle, ...when } = toSubmitted(result);
  statusLines.add(`Submitted; the job's handle is \`${JSON.stringify(handle)}\``);
  const job: AttemptInput = { ...toAttemptInput(input, attempt, questions.responses), handle };
  try {
    const polled = async () => poll(task, { ...job, ...when });
    return { result: await untilCalledBack(task, job, polled), attempt };
  } catch (failure) {
    const { error, jobMayRun } = toPollEnd(failure);
    statusLines.add(`The job's end: **${error.code}** ${error.message}`);
    if (!jobMayRun) throw toWorkflowFailure(error, attempt);
    const doubt = await cancelUpstream(task, job);
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

/** Details of any kind as an object, which more can be said in. */
function toObject(details: Json | undefined): JsonObject {
  if (isJsonObject(details)) return details;
  return details === undefined ? {} : { said: details };
}

/** What a submit returned: its handle, and when the upstream wants to be asked first. */
function toSubmitted(result: Json): Pick<AttemptInput, 'firstLookMs'> & { readonly handle: Json } {
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

async function poll({ input, clock }: Task, job: AttemptInput): Promise<Json> {
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
  });
}

/** As long as an attempt may take, but so that a poll that hangs leaves time for another. */
function toPollMs(attemptMs: number, leftMs: number): number {
  return Math.max(POLL_MS, Math.min(attemptMs, leftMs / 2));
}

/** Asks the upstream to stop the job; `null` when it confirmed, otherwise a clause that says what is left in doubt. */
async function cancelUpstream(task: Task, job: AttemptInput): Promise<string | null> {
  const name = `the job ${JSON.stringify(toShown(job.handle ?? null, SHOWN_CHARACTERS))}`;
  try {
    const asked = await callToStop(task, 'cancel', job, 'cancel the job upstream');
    return asked === true
      ? null
      : `${name} may go on upstream, since the operation cannot cancel it`;
  } catch (failure) {
    const { error } = toAttemptFailure(failure);
    return `${name} may go on upstream, since its cancel was not confirmed: ${error.message}`;
  }
}

// The activities of a job. Each has a type of its own, named after the operation.
import { Context } from '@temporalio/activity';
import { toStepType } from '../../src/contract/workflow/activity-id.ts';
import type { Json } from '../../src/contract/json.ts';
import { OperationError } from '../../src/contract/errors.ts';
import {
  DELAYED_POLL,
  type AttemptInput,
  type DelayedPoll,
} from '../../src/contract/workflow/task-input.ts';
import type { DeclaredContext } from '../../src/operations/context.ts';
import type { Job, JobSteps, PollSteps } from '../../src/operations/operation.ts';
import { runAttempt, type AttemptOptions } from '../attempt/attempt.ts';
import { takeCallback } from './callback.ts';
import { toPoll, toPollFailure, toRunningFailure } from './poll.ts';
import { offloadResult } from '../attempt/files.ts';
import { fits } from '../attempt/result.ts';
import { isUnread, passOn, toMovedHandle, toUnreadBefore } from './unread.ts';
import { createSubmitSignal } from '../attempt/stop.ts';

type Activity = (input: AttemptInput) => Promise<Json>;

export function createJobActivities(
  name: string,
  steps: JobSteps,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  return [
    [toStepType(name, 'submit'), async (input) => submit(input, steps, options)],
    ...createPollActivities(name, steps, options),
    [toStepType(name, 'callback'), async (input) => takeCallback(input, steps, options)],
  ];
}

/** The activities by which a job is followed and stopped. */
export function createPollActivities(
  name: string,
  steps: PollSteps,
  options: AttemptOptions,
): readonly (readonly [string, Activity])[] {
  return [
    [toStepType(name, 'poll'), async (input) => poll(input, steps, options)],
    [toStepType(name, 'cancel'), async (input) => cancel(input, steps, options)],
  ];
}

async function submit(
  input: AttemptInput,
  steps: JobSteps,
  options: AttemptOptions,
): Promise<Json> {
  const run = async (context: DeclaredContext, parameters: Json): Promise<Json> => {
    const { handle, firstLookMs } = await steps.submit(parameters, context);
    checkHandle(handle, options.maxResultBytes);
    if (firstLookMs === undefined || !input.takesLateLook) return handle;
    return { [DELAYED_POLL]: { handle, firstLookMs } } satisfies DelayedPoll;
  };
  return runAttempt(input, options, run, createSubmitSignal);
}

/** The job has been started: with a handle too large to travel, no worker could follow it. */
function checkHandle(handle: Json, maxBytes: number): void {
  if (fits(handle, maxBytes)) return;
  throw new OperationError(
    'OUTCOME_UNKNOWN',
    `the job was started, but its handle has more than the ${maxBytes} bytes that a task carries; check upstream before you repeat it`,
  );
}

async function poll(input: AttemptInput, steps: PollSteps, options: AttemptOptions): Promise<Json> {
  const activity = Context.current();
  const { info } = activity;
  const beganAt = performance.now();
  const unread = toUnreadBefore(info.heartbeatDetails);
  const current = () => toPoll(info, performance.now() - beganAt, unread, options.lastPollMs);
  if (input.firstLookMs !== undefined && info.attempt === 1) {
    const status = { done: false, pollAfterMs: input.firstLookMs } as const;
    throw toRunningFailure(status, steps.polling, current());
  }
  const status = await runAttempt(input, options, async (context, parameters) => {
    const job = toJob(input, parameters);
    const moved = toMovedHandle(info.heartbeatDetails);
    const seen = await steps.poll(
      { ...job, ...(moved !== undefined && { handle: moved }) },
      context,
    );
    if (!seen.done) return seen;
    const offload = { ...options, repeatable: true, log: context.log };
    return { ...seen, result: await offloadResult(seen.result, input, offload) };
  }).catch((failure: unknown) => {
    const end = toPollFailure(failure, steps.polling, current());
    passOn(activity, unread, isUnread(failure));
    throw end as Error;
  });
  if (!status.done) {
    passOn(activity, unread, false, status.handle);
    throw toRunningFailure(status, steps.polling, current());
  }
  return status.result;
}

/** Whether there is a way to cancel at all. */
async function cancel(
  input: AttemptInput,
  steps: PollSteps,
  options: AttemptOptions,
): Promise<boolean> {
  return runAttempt(input, options, async (context, parameters) => {
    await steps.cancel?.(toJob(input, parameters), context);
    return steps.cancel !== undefined;
  });
}

function toJob({ handle = null }: AttemptInput, parameters: Json): Job {
  return { parameters, handle };
}

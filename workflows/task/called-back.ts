// Callbacks about a job, beside its polls: whichever says first that the job has ended ends the wait. Callbacks come as signals,
// which Temporal keeps whether or not a worker is there. Invariant: one that cannot be verified or read ends nothing.
import { CancellationScope, condition, defineSignal, setHandler } from '@temporalio/workflow';
import { toActivityId, toStepType } from '../../src/contract/workflow/activity-id.ts';
import { isJsonObject, type Json } from '../../src/contract/json.ts';
import {
  CALLBACK_SIGNAL,
  type ReceivedCallback,
} from '../../src/contract/workflow/received-callback.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import { callActivity } from './activity.ts';
import { isCancelled, toPollEnd } from './failure.ts';
import type { Task } from './task.ts';

/** Longest that a callback is looked into, in milliseconds. */
const TAKE_MS = 120_000;

/** Most that are looked into: a history has no room for any number. */
const MOST = 100;

const callbackReceived = defineSignal<[ReceivedCallback]>(CALLBACK_SIGNAL);

/** Waits for what `poll` resolves to, or for a callback that brings the result. */
export async function untilCalledBack(
  task: Task,
  job: AttemptInput,
  poll: () => Promise<Json>,
): Promise<Json> {
  const { callbackUrl } = task.input;
  if (callbackUrl === undefined) return poll();
  const received: ReceivedCallback[] = [];
  setHandler(callbackReceived, (callback) => {
    // An address of an earlier task of this name is none of this one.
    if (callbackUrl.endsWith(`/${callback.token}`)) received.push(callback);
  });
  const waiting = new CancellationScope();
  try {
    return await waiting.run(async () => {
      const polled = poll();
      const called = take(task, job, received);
      for (const each of [polled, called]) each.catch(() => undefined);
      return Promise.race([polled, called]);
    });
  } finally {
    waiting.cancel();
  }
}

/** Looks into one after the other; resolves to the result that one brings. */
async function take(
  { input, clock, statusLines }: Task,
  job: AttemptInput,
  received: readonly ReceivedCallback[],
): Promise<Json> {
  for (let number = 1; number <= MOST; number += 1) {
    await condition(() => received.length >= number);
    const callback = received[number - 1];
    if (!callback) continue;
    const taken = await callActivity(
      toStepType(input.operation, 'callback'),
      [{ ...job, callback }],
      {
        activityId: toActivityId('callback', number),
        summary: 'look into a callback',
        scheduleToCloseTimeout: Math.max(1, Math.min(TAKE_MS, clock.left(input.policy.totalMs))),
        heartbeatTimeout: input.policy.heartbeatMs,
      },
    ).catch((failure: unknown): Json => {
      const { error, jobMayRun } = toPollEnd(failure);
      if (isCancelled(failure) || !jobMayRun) throw failure;
      return { passedOver: error.message };
    });
    if (isJsonObject(taken) && 'result' in taken) {
      statusLines.add('A callback brought the result');
      return taken['result'] ?? null;
    }
    const why = isJsonObject(taken) ? taken['passedOver'] : null;
    statusLines.add(`A callback was passed over: ${typeof why === 'string' ? why : 'unread'}`);
  }
  return new Promise(() => undefined);
}

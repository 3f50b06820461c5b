// The delivery of one callback: what is sent is decided once, then it is sent until the receiver takes it, wants no more, or a
// day is over. Invariant: every attempt stands in the history, and how far the delivery has come stands in the memo.
import {
  ApplicationFailure,
  condition,
  defineSignal,
  setHandler,
  upsertMemo,
  workflowInfo,
  type ActivityOptions,
} from '@temporalio/workflow';
import { toActivityId } from '../../src/contract/workflow/activity-id.ts';
import {
  CALLBACK_GONE,
  DELIVERY_ACTIVITIES,
  PREPARE_ACTIVITY_ID,
  SEND_NOW_SIGNAL,
  toDeliveryQueue,
  type DeliveryInput,
  type DeliveryMemo,
  type DeliveryState,
  type PreparedCallback,
  type SendEnd,
  type SendInput,
} from '../../src/contract/workflow/callback.ts';
import { callActivity } from '../task/activity.ts';
import { isCancelled } from '../task/failure.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * Pauses before the second attempt and those after it, in milliseconds: the schedule of Standard Webhooks 1.0.0, as far as it
 * lies within a day, and a last attempt at its end.
 */
const PAUSES_MS: readonly number[] = [
  5 * SECOND_MS,
  5 * MINUTE_MS,
  30 * MINUTE_MS,
  2 * HOUR_MS,
  5 * HOUR_MS,
  10 * HOUR_MS,
  6 * HOUR_MS + 24 * MINUTE_MS + 55 * SECOND_MS,
];

/** Pauses are longer by up to this share, so that receivers that failed together are not all tried in the same moment. */
const JITTER = 0.1;

/** Longest pause that a receiver can ask for, in milliseconds. */
const LONGEST_ASKED_MS = 10 * HOUR_MS;

/** How long an attempt may take, in milliseconds; the request itself has less. */
const SEND_MS = 40 * SECOND_MS;

/** How long the task may take to close and be read, in milliseconds: it has its outcome by now. */
const PREPARE_MS = 30 * SECOND_MS;

/** Silence after which an activity counts as vanished with its worker, in milliseconds. */
const HEARTBEAT_MS = 5 * SECOND_MS;

const sendNow = defineSignal(SEND_NOW_SIGNAL);

/** A delivery that came to nothing is a failed workflow. */
export async function deliverCallback(
  input: DeliveryInput,
): Promise<{ readonly status: number; readonly attempts: number }> {
  let requested = false;
  setHandler(sendNow, () => {
    requested = true;
  });
  const prepared = await callDelivery<PreparedCallback>(DELIVERY_ACTIVITIES.prepare, input, {
    activityId: PREPARE_ACTIVITY_ID,
    startToCloseTimeout: PREPARE_MS,
    heartbeatTimeout: HEARTBEAT_MS,
    retry: { initialInterval: SECOND_MS, maximumInterval: MINUTE_MS },
  });
  for (let attempts = 1; ; attempts += 1) {
    const sent: SendInput = { ...input, ...prepared, requested };
    requested = false;
    const end = await send(sent, attempts);
    const report = (state: DeliveryState['state'], last: string, nextAt: number | null) => {
      const delivery: DeliveryState = { state, attempts, last, lastAt: Date.now(), nextAt };
      upsertMemo({ delivery } satisfies Partial<DeliveryMemo>);
    };
    if (end.kind === 'delivered') {
      report('delivered', `answered ${end.status}`, null);
      return { status: end.status, attempts };
    }
    if (end.kind === 'gone') {
      report('gone', `answered ${end.status}`, null);
      throw ApplicationFailure.nonRetryable('the receiver wants no more of them', CALLBACK_GONE);
    }
    const pauseMs = PAUSES_MS[attempts - 1];
    if (pauseMs === undefined) {
      report('given_up', end.reason, null);
      const message = `given up after ${attempts} attempts: ${end.reason}`;
      throw ApplicationFailure.nonRetryable(message, 'CALLBACK_UNDELIVERED');
    }
    const askedMs = Math.min(end.retryAfterMs ?? 0, LONGEST_ASKED_MS);
    const waitMs = Math.round(Math.max(pauseMs * (1 + JITTER * Math.random()), askedMs));
    report('retrying', end.reason, Date.now() + waitMs);
    await condition(() => requested, waitMs);
  }
}

async function send(input: SendInput, attempt: number): Promise<SendEnd> {
  try {
    return await callDelivery<SendEnd>(DELIVERY_ACTIVITIES.send, input, {
      activityId: toActivityId('send', attempt),
      summary: `attempt ${attempt}`,
      startToCloseTimeout: SEND_MS,
      heartbeatTimeout: HEARTBEAT_MS,
      retry: { maximumAttempts: 1 }, // the next one is this workflow's to plan
    });
  } catch (failure) {
    if (isCancelled(failure)) throw failure;
    return { kind: 'failed', reason: 'the worker vanished while it was sent' };
  }
}

async function callDelivery<Output>(
  type: string,
  input: DeliveryInput,
  options: ActivityOptions,
): Promise<Output> {
  const taskQueue = toDeliveryQueue(workflowInfo().taskQueue);
  return callActivity<Output>(type, [input], { ...options, taskQueue });
}

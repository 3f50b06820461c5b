// The watch over an attempt of a task that is one activity, against a server that gives its answers one after another, and then none.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Context } from '@temporalio/activity';
import proto from '@temporalio/proto';
import { createWatch } from '../../../activities/attempt/watch.ts';
import { until } from '../../support/operations/context.ts';

const {
  PENDING_ACTIVITY_STATE_STARTED: STARTED,
  PENDING_ACTIVITY_STATE_SCHEDULED: SCHEDULED,
  PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: CANCEL_REQUESTED,
} = proto.temporal.api.enums.v1.PendingActivityState;

const shown = (runState: number, attempt = 2, token = 'token') => ({
  info: { runState, attempt },
  longPollToken: Buffer.from(token),
});
const running = shown(STARTED);

/** Watches over a second attempt; what it has asked and how often it has beaten. */
function begin(answers: readonly (object | Error)[], watch = createWatch(5)) {
  const left = [...answers];
  const asked: (string | null)[] = [];
  const abandoned: AbortSignal[] = [];
  const describeActivityExecution = async ({ longPollToken }: { longPollToken: Buffer | null }) => {
    asked.push(longPollToken?.toString() ?? null);
    const answer = left.shift();
    if (answer instanceof Error) throw answer;
    return answer ?? new Promise(() => undefined);
  };
  const connection = {
    withDeadline: async (_: number, call: () => Promise<unknown>) => call(),
    withAbortSignal: async (signal: AbortSignal, call: () => Promise<unknown>) => {
      abandoned.push(signal);
      return call();
    },
  };
  const heart = {
    beats: 0,
    beat: () => {
      heart.beats += 1;
    },
  };
  const info = { namespace: 'default', activityId: 'local:key', attempt: 2 };
  const client = { connection, workflowService: { describeActivityExecution } };
  const watching = watch({ info, client } as unknown as Context, heart);
  return { asked, heart, watching, isAbandoned: () => abandoned.at(-1)?.aborted };
}

test('while nothing happens it asks without rest, and no beat is sent', async () => {
  const { asked, heart, watching, isAbandoned } = begin([running, {}, shown(STARTED, 2, 'next')]);
  await until(() => asked.length === 4, 'the fourth call');
  expect(asked).toEqual([null, 'token', 'token', 'next']);
  expect([heart.beats, isAbandoned()]).toEqual([0, false]);
  watching[Symbol.dispose]();
  expect(isAbandoned()).toBe(true);
});

test.each([
  ['a cancel', shown(CANCEL_REQUESTED)],
  ['that another attempt has begun', shown(STARTED, 3)],
  ['that another attempt is to come', shown(SCHEDULED, 2)],
  ['its end', { info: { attempt: 2 } }],
  ['that the server does not say', new Error('it is gone')],
])('%s is learned by a beat', async (_, answer) => {
  const { heart, watching } = begin([running, answer]);
  await until(() => heart.beats > 0, 'the beat');
  expect(heart.beats).toBe(1);
  watching[Symbol.dispose]();
});

test('an attempt that beats by itself asks nothing', async () => {
  const { asked, heart, watching } = begin([]);
  const beating = setInterval(() => {
    heart.beat();
  }, 1);
  await sleep(50);
  clearInterval(beating);
  expect(asked).toEqual([]);
  watching[Symbol.dispose]();
});

test('more attempts than may ask at once beat instead', async () => {
  const watch = createWatch(5, 1);
  const first = begin([running], watch);
  await until(() => first.asked.length === 2, 'the call that waits');
  const second = begin([], watch);
  await until(() => second.heart.beats > 2, 'the third beat');
  expect(second.asked).toEqual([]);
  second.watching[Symbol.dispose]();
  first.watching[Symbol.dispose]();
});

// Waits for the end of an activity, each against a server that gives its answers one after another.
import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { defaultDataConverter, toPayloads } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { Closing, Run } from '../../../../src/temporal/lanes/lane.ts';
import { createPollActivity } from '../../../../src/temporal/lanes/activity/poll.ts';

const { ActivityExecutionStatus } = proto.temporal.api.enums.v1;

const run: Run = { lane: 'activity', workflowId: 'local:key', runId: 'run' };
const second = { seconds: 1_795_000_000 };
const token = (text: string) => new TextEncoder().encode(text);
const running = (more: object = {}) => ({
  info: { status: ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_RUNNING, ...more },
  longPollToken: token('next'),
});
const ended = {
  info: {
    activityId: 'local:key',
    status: ActivityExecutionStatus.ACTIVITY_EXECUTION_STATUS_COMPLETED,
    closeTime: second,
  },
  outcome: {
    result: {
      payloads: toPayloads(defaultDataConverter.payloadConverter, { result: 'done', attempt: 1 }),
    },
  },
};
const closing: Closing = {
  outcome: { status: 'completed', result: 'done', attempt: 1 },
  closedAt: second.seconds * 1000,
  cancelRequested: false,
};

/** Polls page after page until the end is there; what was asked for on the way. */
async function pollToEnd(...answers: readonly object[]) {
  const asked: string[] = [];
  const left = [...answers];
  const ask = (name: string) => async (request: { readonly longPollToken?: Uint8Array }) => {
    asked.push(
      [name, request.longPollToken && Buffer.from(request.longPollToken)].join(' ').trim(),
    );
    return left.shift();
  };
  const client = {
    connection: { withDeadline: async (_: number, call: () => Promise<unknown>) => call() },
    options: { loadedDataConverter: defaultDataConverter },
    workflowService: {
      describeActivityExecution: ask('describe'),
      pollActivityExecution: ask('poll'),
    },
  } as unknown as Client;
  const poll = createPollActivity(client, 'default', async () => {
    asked.push('read');
    return closing;
  });
  let page = await poll(run, null, 1_000);
  while (page.closing === null) page = await poll(run, page.nextPageToken, 1_000);
  return { asked, closing: page.closing };
}

test('the end of a task that has not beaten comes with the call that waits for it', async () => {
  expect(await pollToEnd(running(), running(), ended)).toEqual({
    asked: ['describe', 'describe next', 'describe next'],
    closing,
  });
});

test('a task that beats is waited for by its end alone, however often it beats', async () => {
  const beaten = running({ lastHeartbeatTime: second });
  expect(await pollToEnd(running(), beaten, {}, { outcome: ended.outcome })).toEqual({
    asked: ['describe', 'describe next', 'poll', 'poll', 'read'],
    closing,
  });
});

test('a wait that the server ends by itself goes on from where it was', async () => {
  const { asked } = await pollToEnd(running(), {}, ended);
  expect(asked).toEqual(['describe', 'describe next', 'describe next']);
});

test('a server that gives no token is not asked in a loop', async () => {
  const { asked } = await pollToEnd({ ...running(), longPollToken: token('') }, { outcome: {} });
  expect(asked).toEqual(['describe', 'poll', 'read']);
});

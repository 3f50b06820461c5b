// Waits for the end of an activity, each against a server that gives its answers one after another.
import { expect, test } from '@jest/globals';
import type { Client } from '@temporalio/client';
import { defaultDataConverter, toPayloads } from '@temporalio/common';
import type { ActivityOutput } from '../../../../src/contract/activity/task.ts';
import type { Closing, Run } from '../../../../src/temporal/lanes/lane.ts';
import { createPollActivity } from '../../../../src/temporal/lanes/activity/poll.ts';

const run: Run = { lane: 'activity', workflowId: 'local:key', runId: 'run' };
const endedAt = 1_795_000_000_000;
const described: Closing = {
  outcome: { status: 'completed', result: 'done', attempt: 1 },
  closedAt: endedAt + 5,
  cancelRequested: true,
};
const completed = (more: Partial<ActivityOutput> = {}) => ({
  outcome: {
    result: {
      payloads: toPayloads(defaultDataConverter.payloadConverter, {
        ...{ result: 'done', attempt: 1 },
        ...more,
      }),
    },
  },
});

/** Polls page after page until the end is there; what was asked for on the way. */
async function pollToEnd(answers: readonly object[], isCancelled = false) {
  const asked: string[] = [];
  const left = [...answers];
  const pollActivityExecution = async () => {
    asked.push('poll');
    return Promise.resolve(left.shift());
  };
  const client = {
    connection: { withDeadline: async (_: number, call: () => Promise<unknown>) => call() },
    options: { loadedDataConverter: defaultDataConverter },
    workflowService: { pollActivityExecution },
  } as unknown as Client;
  const read = async () => {
    asked.push('read');
    return Promise.resolve(described);
  };
  const poll = createPollActivity(client, 'default', read, () => isCancelled);
  let page = await poll(run, null, 1_000);
  while (page.closing === null) page = await poll(run, page.nextPageToken, 1_000);
  return { asked, closing: page.closing };
}

test('the end of a short attempt comes with the call that waits for it', async () => {
  expect(await pollToEnd([{}, completed({ endedAt })])).toEqual({
    asked: ['poll', 'poll'],
    closing: { ...described, closedAt: endedAt, cancelRequested: false },
  });
});

test('it says whether the attempt knew of a cancel', async () => {
  const { closing } = await pollToEnd([completed({ endedAt, cancelRequested: true })]);
  expect(closing.cancelRequested).toBe(true);
});

test.each([
  ['of an attempt that was not short', completed(), false],
  ['of a failure', { outcome: { failure: {} } }, false],
  ['after a cancel from here, of which the attempt need not know', completed({ endedAt }), true],
])('the end %s is described', async (_, answer, isCancelled) => {
  expect(await pollToEnd([answer], isCancelled)).toEqual({
    asked: ['poll', 'read'],
    closing: described,
  });
});

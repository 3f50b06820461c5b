import { expect, test } from '@jest/globals';
import type { Task, TaskState } from '../../../src/contract/task.ts';
import { UNLIMITED } from '../../../src/limits/limits.ts';
import type { Closing } from '../../../src/temporal/lanes/lane.ts';
import type { LongPolls } from '../../../src/temporal/tasks/long-polls.ts';
import type { Lookup } from '../../../src/temporal/tasks/lookup.ts';
import { createWait } from '../../../src/temporal/tasks/wait.ts';

const task: Task = {
  taskRef: 'order.ref',
  operation: 'order',
  idempotencyKey: 'order',
  createdAt: 1,
  updatedAt: 1,
  deadline: 60_000,
  expiresAt: null,
  retentionMs: 1,
  cancelRequested: false,
  state: { status: 'processing', attempt: 1, progress: null },
};
const memo = {
  ...{ operation: 'order', key: 'order', fingerprint: 'f' },
  ...{ createdAt: 1, totalMs: 1, waitedMs: 0 },
};
const toFound = (state: TaskState) => ({
  ...{ memo, lane: 'workflow' as const, workflowId: 'local:order', runId: 'run' },
  task: { ...task, state },
});

/** A wait for a task whose workflow may ask: it reads as `states` say, one after the other, and then never again. */
function createAskingWait(states: readonly TaskState[], longPolls: LongPolls) {
  const left = [...states];
  const lookup: Pick<Lookup, 'recall' | 'byRef' | 'close'> = {
    recall: () => null,
    byRef: async () => {
      const state = left.shift();
      return state ? toFound(state) : new Promise(() => undefined);
    },
    close: (found, { outcome }) => ({ ...found, task: { ...found.task, state: outcome } }),
  };
  const wait = createWait(lookup, longPolls, UNLIMITED, { mayAsk: () => true });
  return async () => wait({ principal: 'local' }, task.taskRef, 30_000);
}

const shipped: Closing = {
  outcome: { status: 'completed', result: 'shipped', attempt: 1 },
  closedAt: 2,
  cancelRequested: false,
};
const question: TaskState = {
  status: 'input_required',
  attempt: 1,
  requests: { approval: { message: 'Approve?', requestedSchema: { type: 'object' } } },
};

test('an end is seen although a workflow that may ask does not say how far it is', async () => {
  const end = new Promise<Closing>((resolve) => setTimeout(resolve, 1_500, shipped));
  const wait = createAskingWait([task.state], { wait: async () => end });
  expect((await wait()).state).toEqual(shipped.outcome);
});

test('a question that comes while a task is waited for ends the wait', async () => {
  const polls: AbortSignal[] = [];
  const wait = createAskingWait([task.state, question, question], {
    wait: async (_, __, signal) => {
      polls.push(signal!);
      return new Promise(() => undefined);
    },
  });
  expect((await wait()).state).toEqual(question);
  expect(polls.map(({ aborted }) => aborted)).toEqual([true]);
});

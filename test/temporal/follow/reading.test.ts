// What a task says that follows a workflow of others: how far that is, and what it asks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../../src/contract/task.ts';
import {
  declare,
  idOf,
  LIMIT_MS,
  startFollowedTasks,
  type FollowedTasks,
  approval,
} from './followed-tasks.ts';

const me = { principal: 'local' };

const price = {
  update: 'price',
  message: 'Its price?',
  schema: { type: 'object', properties: { cents: { type: 'integer' } } },
  when: { memo: 'asksPrice' },
};

let tasks: FollowedTasks;

beforeAll(async () => {
  tasks = await startFollowedTasks([
    declare('processOrder', { progress: { query: 'progress' }, asks: { approval, price } }),
    declare('byMemo', {
      workflow: { type: 'processOrder' },
      progress: { memo: 'done', scale: 100 },
    }),
    declare('showDone', { progress: { searchAttribute: 'OrderDone' } }),
    declare('beating', { workflow: { type: 'chargeSlowly' } }),
    declare('unpolled', { workflow: { taskQueue: 'nobody' }, asks: { approval } }),
  ]);
}, LIMIT_MS);

afterAll(async () => tasks[Symbol.asyncDispose]());

const read = async ({ taskRef }: Task) => tasks.gateway.tasks.read(me, taskRef);

/** The state of a task as soon as it says what is expected of it. */
async function until(task: Task, isThere: (state: Task['state']) => boolean) {
  for (;;) {
    const { state } = await read(task);
    if (isThere(state)) return state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a workflow that waits for a person', () => {
  test('makes its task ask, and goes on with the answer', async () => {
    const { gateway } = tasks;
    const task = await tasks.start('processOrder', ['17']);
    const asking = await gateway.tasks.wait(me, task.taskRef, 20_000);
    expect(asking.state).toMatchObject({
      status: 'input_required',
      requests: { approval: { message: 'Approve the order?', requestedSchema: approval.schema } },
    });
    const wrong = { approval: { action: 'accept', content: { approved: 'yes' } } } as const;
    await expect(gateway.tasks.provideInput(me, task.taskRef, wrong)).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
    });
    const declined = { approval: { action: 'decline' } } as const;
    await expect(gateway.tasks.provideInput(me, task.taskRef, declined)).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
      message: expect.stringContaining('takes an answer only'),
    });
    await gateway.tasks.provideInput(me, task.taskRef, {
      approval: { action: 'accept', content: { approved: true } },
    });
    const next = await gateway.tasks.wait(me, task.taskRef, 20_000);
    expect(next.state).toMatchObject({
      status: 'input_required',
      requests: { price: { message: 'What does it cost?' } },
    });
    const rejected = { price: { action: 'accept', content: { cents: -1 } } } as const;
    await expect(gateway.tasks.provideInput(me, task.taskRef, rejected)).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
      message: expect.stringContaining('a price is not below zero'),
    });
    await gateway.tasks.provideInput(me, task.taskRef, {
      price: { action: 'accept', content: { cents: 900 } },
    });
    expect(await tasks.end(task)).toMatchObject({
      status: 'completed',
      result: { order: '17', approved: true, cents: 900 },
    });
  });
});

describe('progress is read', () => {
  test('from a query, and from a memo', async () => {
    const { gateway } = tasks;
    const asked = await tasks.start('byMemo', ['18']);
    await tasks.untilFollowed(asked);
    const their = gateway.connected.client.workflow.getHandle(idOf(asked));
    await their.signal('approve', { approved: true });
    const state = await until(
      asked,
      (seen) => seen.status === 'processing' && seen.progress !== null,
    );
    expect(state).toMatchObject({ progress: { fraction: 0.6, message: null } });
    await their.terminate();
  });

  test('from a search attribute', async () => {
    const task = await tasks.start('showDone', [0.4]);
    const state = await until(
      task,
      (seen) => seen.status === 'processing' && seen.progress !== null,
    );
    expect(state).toMatchObject({ progress: { fraction: 0.4, message: null } });
  });

  test('from the heartbeat of the activity that the workflow waits for', async () => {
    const task = await tasks.start('beating', ['19']);
    const state = await until(
      task,
      (seen) => seen.status === 'processing' && seen.progress !== null,
    );
    expect(state).toMatchObject({ progress: { fraction: 0.5, message: 'half of 19' } });
    expect(await tasks.end(task)).toMatchObject({ status: 'completed', result: 'paid 19' });
  });

  test('and says that no worker polls, where none does', async () => {
    const task = await tasks.start('unpolled', []);
    const state = await until(
      task,
      (seen) => seen.status === 'processing' && seen.progress !== null,
    );
    expect(state).toMatchObject({
      progress: { message: 'no worker polls the task queue nobody' },
    });
  });
});

test('a task names the workflow that it follows, with a link in the Temporal UI', async () => {
  const task = await tasks.start('byMemo', ['20']);
  let { target } = await read(task);
  while (!target) ({ target } = await read(task));
  expect(target).toMatchObject({
    type: 'processOrder',
    taskQueue: 'orders',
    workflowId: idOf(task),
  });
  const own = tasks.gateway.connected.client.workflow.getHandle(`local:${task.idempotencyKey}`);
  const path = `/namespaces/default/workflows/${encodeURIComponent(idOf(task))}/${target.runId}/history`;
  const { currentDetails } = await own.query<{ currentDetails: string }>(
    '__temporal_workflow_metadata',
  );
  expect(currentDetails).toContain(`Follows the workflow [\`${idOf(task)}\`](${path})`);
});

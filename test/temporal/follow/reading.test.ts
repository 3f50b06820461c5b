// What a task says that follows a workflow of others: how far that is, and what it asks.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Task } from '../../../src/contract/task.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import {
  declare,
  idOf,
  LIMIT_MS,
  startFollowedTasks,
  type FollowedTasks,
  approval,
} from './followed-tasks.ts';
import { connectPerson, type Answers, type Person } from './person.ts';

const me = { principal: 'local' };

const price = {
  update: 'price',
  message: 'Its price?',
  schema: { type: 'object', properties: { cents: { type: 'integer' } } },
  when: { memo: 'asksPrice' },
};

const order = declare('processOrder', {
  progress: { query: 'progress' },
  asks: { approval, price },
});

let tasks: FollowedTasks;

beforeAll(async () => {
  tasks = await startFollowedTasks([
    order,
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
      message: expect.stringContaining('expected accept; say in the content what is declined'),
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

describe('a person who is asked by the client of a call', () => {
  const any = z.looseObject({});
  const connect = async (era: 'modern' | 'legacy', answers: Answers) =>
    connectPerson(era, { tasks: tasks.gateway.tasks, registry: createRegistry([order]) }, answers);
  const rejects = /^What does it cost\?.*a price is not below zero/;

  test('is asked until a call of the tool has its result, and again where the workflow rejects the answer', async () => {
    await using person = await connect('modern', {
      'Approve the order?': [{ approved: true }],
      'What does it cost?': [{ cents: -1 }, { cents: 900 }],
    });
    const call = { name: 'processOrder', arguments: { one: '21' } };
    expect(await person.client.callTool(call)).toMatchObject({
      structuredContent: { order: '21', approved: true, cents: 900 },
    });
    expect(person.asked).toEqual([
      'Approve the order?',
      'What does it cost?',
      expect.stringMatching(rejects),
    ]);
  });

  test('is asked on a connection of 2025-11-25, and has the handle where the answer is rejected', async () => {
    await using person = await connect('legacy', {
      'Approve the order?': [{ approved: true }],
      'What does it cost?': [{ cents: -1 }],
    });
    const call = { name: 'processOrder', arguments: { one: '22' } };
    expect(await person.client.callTool(call)).toMatchObject({
      structuredContent: {
        status: 'input_required',
        input_requests: { price: {} },
        next_step: expect.stringMatching(/as requested_schema says\.$/), // a decline is no answer
      },
    });
    expect(person.asked).toEqual(['Approve the order?', 'What does it cost?']);
  });

  test('is asked while tasks/result of 2025-11-25 waits', async () => {
    await using person = await connect('legacy', {
      'Approve the order?': [{ approved: true }],
      'What does it cost?': [{ cents: -1 }, { cents: 900 }],
    });
    const { taskId, result } = await createNative(person, '23');
    expect(await result).toMatchObject({
      structuredContent: { order: '23', approved: true, cents: 900 },
      _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
    });
    expect(person.asked).toEqual([
      'Approve the order?',
      'What does it cost?',
      expect.stringMatching(rejects),
    ]);
  });

  test('declines what another answers, and is asked the next', async () => {
    await using person = await connect('legacy', {
      'Approve the order?': [null],
      'What does it cost?': [{ cents: 7 }],
    });
    const { taskId, result } = await createNative(person, '24');
    const of = { method: 'tasks/get', params: { taskId } };
    while (person.asked.length === 0) await person.client.request(of, any);
    expect(await person.client.request(of, any)).toMatchObject({
      status: 'input_required',
      statusMessage: 'Approve the order?',
    });
    await tasks.gateway.tasks.provideInput(me, taskId, {
      approval: { action: 'accept', content: { approved: false } },
    });
    expect(await result).toMatchObject({
      structuredContent: { order: '24', approved: false, cents: 7 },
    });
    expect(person.asked).toEqual(['Approve the order?', 'What does it cost?']);
  });

  /** A task of 2025-11-25, and the wait for its result. */
  async function createNative({ client }: Person, one: string) {
    const params = { name: 'processOrder', arguments: { one }, task: {} };
    const created = await client.request({ method: 'tools/call', params }, any);
    const { taskId } = created['task'] as { readonly taskId: string };
    return {
      taskId,
      result: client.request({ method: 'tasks/result', params: { taskId } }, any),
    };
  }
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

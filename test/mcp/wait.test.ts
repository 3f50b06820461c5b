import { expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace, DEFAULT_POLLING } from '../support/gateways/face.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };

test('initiate waits when asked, and answers as resolve_task_status would', async () => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const answer = client.call('initiate_background_task', {
    ...SLEEP,
    idempotency_key: 'a',
    wait_seconds: 20,
  });
  await tasks.whenWaiting();
  const [task] = (await client.call('list_background_tasks')).json.tasks;
  tasks.set(task!.task_ref, { status: 'completed', result: 1, attempt: 1 });
  expect((await answer).json).toMatchObject({
    status: 'completed',
    deduplicated: false,
    result: 1,
  });
});

test('a wait that fails after a confirmed start does not cost the handle', async () => {
  const { target } = createFace({
    tasks: {
      ...createFace().tasks,
      wait: () => Promise.reject(new OperationError('BACKEND_UNAVAILABLE', 'away')),
    },
  });
  await using client = await connectClient('client 2.4 modern', target);
  const answer = await client.call('initiate_background_task', { ...SLEEP, wait_seconds: 5 });
  expect(answer).toMatchObject({
    isError: false,
    json: { status: 'pending', deduplicated: false, task_ref: expect.any(String) },
  });
});

test('a wait longer than the cap counts as the cap', async () => {
  const { target, tasks } = createFace({ polling: { ...DEFAULT_POLLING, waitCapSeconds: 0.05 } });
  await using client = await connectClient('client 2.4 modern', target);
  const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
  const answer = await client.call('resolve_task_status', { task_ref, wait_seconds: 1e9 });
  expect(answer.json.status).toBe('pending');
  expect(tasks.waiting).toBe(0);
});

test('without wait_seconds no call waits (clients.md 10)', async () => {
  const { target } = createFace({
    tasks: {
      ...createFace().tasks,
      wait: () => Promise.reject(new Error('nobody asked for a wait')),
    },
  });
  await using client = await connectClient('client 2.4 modern', target);
  const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
  expect((await client.call('resolve_task_status', { task_ref })).isError).toBe(false);
});

test('while it shuts down a gateway answers running waits and refuses new calls, as results (clients.md 15, 16)', async () => {
  const { target, tasks, factory } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
  const resolving = client.call('resolve_task_status', { task_ref, wait_seconds: 20 });
  const initiating = client.call('initiate_background_task', { ...SLEEP, wait_seconds: 20 });
  while (tasks.waiting < 2) await new Promise((resolve) => setImmediate(resolve));
  await factory.drain();
  expect((await resolving).json).toMatchObject({ task_ref, status: 'pending' });
  expect((await initiating).json).toMatchObject({ status: 'pending', deduplicated: false });
  const late = await client.call('resolve_task_status', { task_ref });
  expect(late).toMatchObject({
    isError: true,
    json: { error: { code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('shutting') } },
  });
});

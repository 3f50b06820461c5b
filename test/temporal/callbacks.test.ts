import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import * as z from 'zod';
import { createCallbackActivities } from '../../activities/callback.ts';
import { createConfiguredRules, toCallbackOptions } from '../../src/commands/callback-parts.ts';
import { isDone, type Task } from '../../src/contract/task.ts';
import { toTaskAnswer } from '../../src/mcp/pair/answer.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createDeliveryLog, type Delivery } from '../../src/temporal/deliveries.ts';
import { createReplay } from '../../src/temporal/replay-callbacks.ts';
import type { StartRequest, TaskService } from '../../src/tasks/service.ts';
import type { RunningWorker } from '../../src/temporal/worker.ts';
import { createBareTasks, type Activities } from '../support/bare-tasks.ts';
import { startChild } from '../support/child.ts';
import { until } from '../support/context.ts';
import { defineRefund } from '../support/define.ts';
import { createTestOperations } from '../support/operations.ts';
import { startReceiver, toCallbackConfig, verify, type Receiver } from '../support/receiver.ts';
import { openTestGateway, startTestWorker, type TestGateway } from '../support/task-service.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import type { UpstreamRequest } from '../support/upstream.ts';

jest.setTimeout(120_000);

let temporal: TestTemporal;
let receiver: Receiver;
let gateway: TestGateway;
let worker: RunningWorker;
let tasks: TaskService;

/** What the receiver answers, by the path of the callback. */
const answers = new Map<string, number | Promise<number>>();
const caller = { principal: 'local' };

beforeAll(async () => {
  temporal = await startTestTemporal();
  receiver = await startReceiver(({ path }) => answers.get(path) ?? 204);
  const registry = createRegistry([
    ...createTestOperations().registry.all.map(({ operation }) => operation),
    defineOperation({
      name: 'told',
      description: 'for tests',
      input: z.object({}),
      callbacks: [`${receiver.url}/told`],
      run: () => 'done',
    }),
  ]);
  const config = toCallbackConfig(receiver);
  gateway = await openTestGateway(temporal.address, registry, {
    callbacks: createConfiguredRules(config, registry),
  });
  ({ tasks } = gateway);
  worker = await startTestWorker(gateway, registry, {
    callbacks: toCallbackOptions(config, registry, tasks, async (reference) => reference),
  });
});
afterAll(async () => {
  await worker[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const start = async (path: string, request: Partial<StartRequest> = {}): Promise<Task> => {
  const { task } = await tasks.start(caller, {
    operation: 'echo',
    parameters: { value: 'hello' },
    callbackUrl: `${receiver.url}${path}`,
    ...request,
  });
  return task;
};

const end = async ({ taskRef }: Task): Promise<Task> => {
  const task = await tasks.wait(caller, taskRef, 30_000);
  expect(isDone(task.state)).toBe(true);
  return task;
};

/** The requests to a path, once there are so many. */
const received = async (path: string, count = 1): Promise<readonly UpstreamRequest[]> => {
  const found = () => receiver.requests.filter((request) => request.path === path);
  await until(() => found().length >= count, `callback ${count} to ${path}`);
  return found();
};

/** The deliveries of a task in the log, once it says so; the log lags a moment behind. */
const logged = async (
  { taskRef }: Task,
  state: Delivery['state'],
): Promise<readonly Delivery[]> => {
  const list = createDeliveryLog(gateway.connected.client, 'default', 5_000);
  for (let looks = 0; looks < 200; looks += 1) {
    const { deliveries } = await list('local', { limit: 10, taskRef });
    if (deliveries.length > 0 && deliveries.every((one) => one.state === state)) return deliveries;
    await sleep(50);
  }
  throw new Error(`the log does not say ${state}`);
};

const replay = async ({ taskRef }: Task): Promise<number> =>
  createReplay(gateway.connected.client, 'default', tasks, 5_000)('local', taskRef);

describe('the end of a task', () => {
  test('is told as the caller itself would read it, signed', async () => {
    const task = await end(await start('/completed'));
    const [request] = await received('/completed');
    const polling = { initialIntervalMs: 1, maxIntervalMs: 1, backoffMultiplier: 1 };
    const { type, timestamp, data } = verify(request!);
    expect(type).toBe('task.completed');
    expect(timestamp).toBe(new Date(task.updatedAt).toISOString());
    expect(data).toEqual(toTaskAnswer(task, { now: 0, polling, waitCapSeconds: 25 }));
    expect(data['result']).toBe('hello');
    const [delivery] = await logged(task, 'delivered');
    expect(delivery).toMatchObject({ attempts: 1, last: 'answered 204', nextAt: null });
  });

  test('is told of a task that failed, and of one that was cancelled', async () => {
    const parameters = { code: 'UPSTREAM_REJECTED' };
    await end(await start('/failed', { operation: 'fail', parameters }));
    const running = await start('/cancelled', { operation: 'work', parameters: { ms: 60_000 } });
    await tasks.cancel(caller, running.taskRef);
    await end(running);
    const [failed] = await received('/failed');
    const [cancelled] = await received('/cancelled');
    expect(verify(failed!)).toMatchObject({
      type: 'task.failed',
      data: { error: { code: 'UPSTREAM_REJECTED' } },
    });
    expect(verify(cancelled!)).toMatchObject({
      type: 'task.failed',
      data: { error: { code: 'CANCELLED' } },
    });
  });

  test('is told to every callback, as one event', async () => {
    await end(await start('/named', { operation: 'told', parameters: {} }));
    const [own] = await received('/told');
    const [named] = await received('/named');
    expect(verify(own!).data).toEqual(verify(named!).data);
    expect(own!.headers['webhook-id']).toBe(named!.headers['webhook-id']);
  });

  test('is told without a result that is large', async () => {
    const task = await end(await start('/large', { parameters: { value: 'x'.repeat(1_000) } }));
    const [request] = await received('/large');
    expect(verify(request!).data).toMatchObject({
      status: 'completed',
      result: null,
      result_omitted: { bytes: 1_002, arguments: { task_ref: task.taskRef } },
    });
  });
});

describe('a receiver that does not answer', () => {
  test('keeps nobody from the outcome, and shows in no list of tasks', async () => {
    let answer: (status: number) => void = () => undefined;
    answers.set('/slow', new Promise((resolve) => (answer = resolve)));
    const task = await end(await start('/slow', { idempotencyKey: 'slow' }));
    expect(task.state).toMatchObject({ status: 'completed', result: 'hello' });
    await received('/slow');
    expect((await tasks.read(caller, task.taskRef)).state).toEqual(task.state);
    await logged(task, 'sending');
    const { tasks: listed } = await tasks.list(caller, { limit: 100 });
    expect(listed.filter(({ taskRef }) => taskRef === task.taskRef)).toHaveLength(1);
    expect(new Set(listed.map(({ taskRef }) => taskRef)).size).toBe(listed.length);
    answer(204);
    await logged(task, 'delivered');
  });

  test('is tried again with the same event, at once where somebody asks for it', async () => {
    answers.set('/down', 500);
    const task = await end(await start('/down'));
    await received('/down');
    const [delivery] = await logged(task, 'retrying');
    expect(delivery).toMatchObject({ attempts: 1, last: 'answered 500' });
    expect(delivery!.nextAt).toBeGreaterThan(delivery!.lastAt);
    answers.delete('/down');
    expect(await replay(task)).toBe(1);
    const [first, second] = await received('/down', 2);
    expect(second!.text).toBe(first!.text);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    verify(second!);
    await logged(task, 'delivered');
    await replay(task);
    expect(await received('/down', 3)).toHaveLength(3);
  });

  test('is left alone once it answered 410', async () => {
    answers.set('/gone', 410);
    const task = await end(await start('/gone'));
    const [delivery] = await logged(task, 'gone');
    expect(delivery).toMatchObject({ attempts: 1, nextAt: null });
    const next = await end(await start('/gone'));
    await logged(next, 'gone');
    expect(await received('/gone')).toHaveLength(1);
  });
});

describe('what is refused', () => {
  test('is a callback that is not allowed, before anything starts', async () => {
    const callbackUrl = 'https://elsewhere.example/';
    const request = { idempotencyKey: 'refused', callbackUrl };
    await expect(start('', request)).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
    const { tasks: listed } = await tasks.list(caller, { limit: 1, idempotencyKey: 'refused' });
    expect(listed).toEqual([]);
  });

  test('is another callback for a task that there is; the same one, and none, find it', async () => {
    const request = { idempotencyKey: 'once' };
    const { taskRef } = await start('/once', request);
    expect((await start('/once', request)).taskRef).toBe(taskRef);
    const parameters = { value: 'hello' };
    const { task } = await tasks.start(caller, { operation: 'echo', parameters, ...request });
    expect(task.taskRef).toBe(taskRef);
    await expect(start('/other', request)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
      message: expect.stringContaining('callback_url'),
    });
  });

  test('is to send the callbacks of a task that runs, that has none, or that is of another', async () => {
    const running = await start('/running', { operation: 'work', parameters: { ms: 60_000 } });
    await expect(replay(running)).rejects.toThrow('still runs');
    await tasks.cancel(caller, running.taskRef);
    const parameters = { value: 1 };
    const { task } = await tasks.start(caller, { operation: 'echo', parameters });
    await end(task);
    await expect(replay(task)).rejects.toThrow('without callbacks');
    await expect(
      createReplay(gateway.connected.client, 'default', tasks, 5_000)('other', task.taskRef),
    ).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

test('a task that an operator terminated tells nothing by itself, and is told when somebody asks', async () => {
  const task = await start('/terminated', { operation: 'work', parameters: { ms: 60_000 } });
  const workflowId = `local:${task.taskRef.slice(0, task.taskRef.lastIndexOf('.'))}`;
  await gateway.connected.client.workflow.getHandle(workflowId).terminate();
  await end(task);
  await replay(task);
  const [request] = await received('/terminated');
  expect(verify(request!).data).toMatchObject({ error: { code: 'TERMINATED' } });
});

test('a worker that is killed between the outcome and the delivery leaves the delivery to the next', async () => {
  const config = toCallbackConfig(receiver);
  const registry = createRegistry([defineRefund(async () => 'done')]);
  const rules = createConfiguredRules(config, registry);
  const options = { taskQueue: 'bare', callbacks: rules };
  await using other = await openTestGateway(temporal.address, registry, options);
  await using first = startChild('./callback-worker.ts', [temporal.address]);
  expect(await first.line()).toBe('ready');
  const { task } = await other.tasks.start(caller, {
    operation: 'refund',
    parameters: {},
    callbackUrl: `${receiver.url}/killed`,
  });
  expect(await first.line()).toBe('reading');
  first.kill('SIGKILL');
  await first.exit;
  const { client, connection } = other.connected;
  const deliveries = createCallbackActivities(
    toCallbackOptions(config, registry, other.tasks, async (reference) => reference),
  );
  const next = createBareTasks(client, connection);
  await next.withActivities(deliveries as unknown as Activities, async () => {
    expect((await end(task)).state).toMatchObject({ status: 'completed', result: 'done' });
    const [request] = await received('/killed');
    expect(verify(request!).data).toMatchObject({ task_ref: task.taskRef, result: 'done' });
  });
});

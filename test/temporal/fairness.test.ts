// Fairness between principals on a real server: whose turn it is when tasks wait for a worker.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Lane } from '../../src/contract/lane.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { sleep as sleepOperation } from '../../src/operations/builtin/sleep.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { Started } from '../../src/tasks/service.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

/** Tasks of one principal that are there before the other's first. */
const FLOOD = 40;

/** Who was run, in order. */
const order: string[] = [];
let gate: Promise<void>;
let openGate: () => void;

const LANES = ['workflow', 'activity'] as const;

const registry = createRegistry([
  sleepOperation,
  ...LANES.map((lane) =>
    defineOperation({
      name: lane,
      lane,
      description: 'passes the gate',
      input: z.object({}),
      run: async (_, { principal }) => {
        order.push(principal);
        await gate;
        return null;
      },
    }),
  ),
]);

let temporal: TestTemporal;
beforeAll(async () => {
  temporal = await startTestTemporal();
});
afterAll(async () => temporal[Symbol.asyncDispose]());
beforeEach(() => {
  order.length = 0;
  gate = new Promise((resolve) => {
    openGate = resolve;
  });
});

const open = async (taskQueue: string) =>
  openTestGateway(temporal.address, registry, { taskQueue });

async function start(
  { tasks }: TestGateway,
  principal: string,
  lane: Lane = 'workflow',
): Promise<Started> {
  return tasks.start({ principal }, { operation: lane, parameters: {} });
}

async function flood(gateway: TestGateway, lane?: Lane): Promise<readonly Started[]> {
  return Promise.all(Array.from({ length: FLOOD }, async () => start(gateway, 'crowd', lane)));
}

/** Runs that came before the other's first. */
async function awaitPlace({ tasks }: TestGateway, { task }: Started): Promise<number> {
  const done = await tasks.wait({ principal: 'other' }, task.taskRef, 110_000);
  expect(done.state.status).toBe('completed');
  return order.indexOf('other');
}

/** Waits until a worker has seen the task and its attempt waits for room. */
async function untilScheduled(gateway: TestGateway, workflowId: string): Promise<void> {
  const handle = gateway.connected.client.workflow.getHandle(workflowId);
  while ((await handle.describe()).historyLength < 5) await sleep(50);
}

test.each([
  [undefined, 'crowd'],
  [true, 'crowd'],
  [false, ''],
])('with fairness %s, a task is started with the key "%s"', async (fairness, key) => {
  await using gateway = await openTestGateway(temporal.address, registry, {
    taskQueue: 'keys',
    ...(fairness !== undefined && { fairness }),
  });
  const { task } = await start(gateway, 'crowd');
  const { client, namespace } = gateway.connected;
  const history = await client.workflow.getHandle(`crowd:${task.idempotencyKey}`).fetchHistory();
  const [started] = history.events ?? [];
  const { priority } = started?.workflowExecutionStartedEventAttributes ?? {};
  expect(priority?.fairnessKey ?? '').toBe(key);
  const quick = await start(gateway, 'crowd', 'activity');
  const { info } = await client.workflowService.describeActivityExecution({
    namespace,
    activityId: `crowd:${quick.task.idempotencyKey}`,
  });
  expect(info?.priority?.fairnessKey ?? '').toBe(key);
});

test.each(LANES)(
  "tasks of one principal that no worker has seen do not hold up another's first (%s)",
  async (lane) => {
    const taskQueue = `unseen-${lane}`;
    await using gateway = await open(taskQueue);
    await flood(gateway, lane);
    const first = await start(gateway, 'other', lane);
    openGate();
    await using worker = await startTestWorker(gateway, registry, { taskQueue, maxConcurrency: 1 });
    expect(await awaitPlace(gateway, first)).toBeLessThan(FLOOD / 4);
    expect(worker.isPolling).toBe(true);
  },
);

test('attempts of one principal that wait for room do not, either', async () => {
  const taskQueue = 'scheduled';
  await using gateway = await open(taskQueue);
  await using worker = await startTestWorker(gateway, registry, { taskQueue, maxConcurrency: 1 });
  for (const { task } of await flood(gateway)) {
    await untilScheduled(gateway, `crowd:${task.idempotencyKey}`);
  }
  const first = await start(gateway, 'other');
  await untilScheduled(gateway, `other:${first.task.idempotencyKey}`);
  while (order.length === 0) await sleep(20);
  expect(order).toEqual(['crowd']);
  openGate();
  expect(await awaitPlace(gateway, first)).toBeLessThan(FLOOD / 4);
  expect(worker.isPolling).toBe(true);
});

test('sleeps of a day hold no slot, tell how far they are, and end at once when cancelled', async () => {
  const taskQueue = 'asleep';
  await using gateway = await open(taskQueue);
  await using worker = await startTestWorker(gateway, registry, { taskQueue, maxConcurrency: 1 });
  const caller = { principal: 'crowd' };
  const request = { operation: 'sleep', parameters: { seconds: 86_400 } };
  const asleep = await Promise.all([1, 2, 3].map(async () => gateway.tasks.start(caller, request)));
  const [one] = asleep;
  await untilScheduled(gateway, `crowd:${one!.task.idempotencyKey}`);
  openGate();
  expect(await awaitPlace(gateway, await start(gateway, 'other'))).toBe(0);
  const { taskRef } = one!.task;
  const { state } = await gateway.tasks.read(caller, taskRef);
  expect(state).toMatchObject({ status: 'processing', attempt: 1 });
  expect(state).toMatchObject({
    progress: { fraction: 0, message: expect.stringMatching(/^waited \d+ of 86400 s$/) },
  });
  for (const { task } of asleep) await gateway.tasks.cancel(caller, task.taskRef);
  const ended = await gateway.tasks.wait(caller, taskRef, 60_000);
  expect(ended.state).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  expect(worker.isPolling).toBe(true);
});

test.each(LANES)(
  'attempts that last keep nobody out: one principal has its share of the slots (%s)',
  async (lane) => {
    const taskQueue = `shared-${lane}`;
    await using gateway = await open(taskQueue);
    const slots = { maxConcurrency: 4, runningShare: 0.5 };
    await using worker = await startTestWorker(gateway, registry, { taskQueue, ...slots });
    const crowd = await Promise.all([1, 2, 3, 4, 5].map(async () => start(gateway, 'crowd', lane)));
    while (order.length < 2) await sleep(20);
    const first = await start(gateway, 'other', lane);
    while (!order.includes('other')) await sleep(20);
    expect(order.filter((principal) => principal === 'crowd')).toHaveLength(2);
    openGate();
    expect(await awaitPlace(gateway, first)).toBe(2);
    for (const { task } of crowd) {
      const ended = await gateway.tasks.wait({ principal: 'crowd' }, task.taskRef, 110_000);
      expect(ended.state).toMatchObject({ status: 'completed' });
    }
    expect(worker.isPolling).toBe(true);
  },
);

// Batches on a real server: each item a task of its own, whatever becomes of workers and callers meanwhile.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import { batch } from '../../src/operations/builtin/batch.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createTestKey, createTestEncryption } from '../encryption/keys.ts';
import { startChild } from '../support/processes/child.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const { registry: own, runs, release } = createTestOperations();
const question = { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } } as const;
const registry = createRegistry([
  batch,
  ...own.all.map(({ operation }) => operation),
  defineOperation({
    name: 'produce',
    description: 'for tests',
    input: z.object({ bytes: z.int() }),
    run: ({ bytes }) => 'x'.repeat(bytes),
  }),
  defineOperation({
    name: 'confirm',
    description: 'for tests',
    input: z.object({}),
    askFirst: () => ({ sure: question }),
    run: () => 'sure',
  }),
]);
let temporal: TestTemporal;
let gateway: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry);
  worker = await startTestWorker(gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

interface Item {
  readonly key?: string;
  readonly parameters: JsonObject;
}

const request = (
  key: string,
  operation: string,
  items: readonly Item[],
  more: JsonObject = {},
) => ({
  operation: 'batch',
  parameters: { operation, items: items as unknown as Json, ...more },
  idempotencyKey: key,
});

const work = (label: string, ms = 0): Item => ({ parameters: { label, ms } });
const many = (count: number, of: (index: number) => Item) =>
  Array.from({ length: count }, (_, index) => of(index));

const workflow = (key: string) => gateway.connected.client.workflow.getHandle(`local:${key}`);
const end = async (taskRef: string) => gateway.tasks.wait(me, taskRef, 120_000);
const items = async (taskRef: string, more = {}) =>
  (await gateway.tasks.list(me, { limit: 100, batch: taskRef, ...more })).tasks;
const untilListed = async (taskRef: string, count: number) => {
  for (;;) {
    const listed = await items(taskRef);
    if (listed.length >= count) return listed;
  }
};

describe('a batch', () => {
  test('runs each item as a task of its own, and says how they ended, failures first', async () => {
    const { task } = await gateway.tasks.start(
      me,
      request('mixed', 'fail', [
        { parameters: { label: 'a', code: 'UPSTREAM_REJECTED' } },
        { key: 'well', parameters: { label: 'b', code: 'UPSTREAM_REJECTED', times: 0 } },
      ]),
    );
    const { state } = await end(task.taskRef);
    const ref = expect.stringMatching(/^mixed\.(0|well)\.[\w-]{22}$/);
    expect(state).toEqual({
      status: 'completed',
      attempt: 1,
      result: {
        total: 2,
        done: 1,
        failed: 1,
        not_started: 0,
        failures: [{ item: '0', task_ref: ref, code: 'UPSTREAM_REJECTED', message: 'as asked' }],
        results: [{ item: 'well', task_ref: ref, result: 'succeeded' }],
      },
    });
    const { failures, results } = (state as unknown as { result: Record<string, JsonObject[]> })
      .result;
    const [failed, well] = [failures![0]!['task_ref'], results![0]!['task_ref']] as string[];
    expect(await gateway.tasks.read(me, failed!)).toMatchObject({
      operation: 'fail',
      idempotencyKey: 'mixed.0',
      state: { status: 'failed', error: { code: 'UPSTREAM_REJECTED', details: { upstream: [1] } } },
    });
    expect(await gateway.tasks.read(me, well!)).toMatchObject({
      idempotencyKey: 'mixed.well',
      state: { status: 'completed', result: 'succeeded', attempt: 1 },
    });
    for (const taskRef of [failed!, well!, task.taskRef]) {
      await expect(gateway.tasks.read({ principal: 'other' }, taskRef)).rejects.toMatchObject({
        code: 'TASK_NOT_FOUND',
      });
    }
  });

  test('its items are listed where they are asked for, and nowhere else', async () => {
    const { task } = await gateway.tasks.start(
      me,
      request(
        'listed',
        'work',
        many(3, () => work('listed')),
      ),
    );
    await end(task.taskRef);
    const listed = await untilListed(task.taskRef, 3);
    expect(listed.map(({ idempotencyKey }) => idempotencyKey).sort()).toEqual([
      'listed.0',
      'listed.1',
      'listed.2',
    ]);
    const top = await gateway.tasks.list(me, { limit: 100 });
    expect(top.tasks.filter(({ idempotencyKey }) => idempotencyKey.startsWith('listed'))).toEqual([
      expect.objectContaining({ taskRef: task.taskRef }),
    ]);
    const other = { principal: 'other' };
    expect(await gateway.tasks.list(other, { limit: 100, batch: task.taskRef })).toMatchObject({
      tasks: [],
    });
  });

  test('sent 50 times at once is one, and stays below 10,000 events for 1,000 items', async () => {
    const items = many(200, (value) => ({ parameters: { value } }));
    const started = await Promise.all(
      Array.from({ length: 50 }, async () =>
        gateway.tasks.start(me, request('large', 'echo', items, { concurrency: 50 })),
      ),
    );
    expect(new Set(started.map(({ task }) => task.taskRef)).size).toBe(1);
    expect(started.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
    const { taskRef } = started[0]!.task;
    await expect(
      gateway.tasks.start(me, request('large', 'echo', [...items, items[0]!])),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_CONFLICT', details: { task_ref: taskRef } });
    expect((await end(taskRef)).state).toMatchObject({ result: { total: 200, done: 200 } });
    const { historyLength } = await workflow('large').describe();
    expect(historyLength * 5).toBeLessThan(10_000);
  }, 180_000);

  test('goes on in another run where its results fill the history, and loses none', async () => {
    const items = many(60, () => ({ parameters: { bytes: 250_000 } }));
    const { task } = await gateway.tasks.start(
      me,
      request('grown', 'produce', items, { concurrency: 5 }),
    );
    expect(await end(task.taskRef)).toMatchObject({
      taskRef: task.taskRef,
      deadline: task.deadline,
      state: { result: { total: 60, done: 60, failed: 0 } },
    });
    const { runId, raw } = await workflow('grown').describe();
    expect(raw.workflowExecutionInfo?.firstRunId).not.toBe(runId);
  }, 180_000);

  test('asks in its items, which are answered like any other task', async () => {
    const { task } = await gateway.tasks.start(
      me,
      request('asking', 'confirm', [{ parameters: {} }]),
    );
    const [asking] = await untilListed(task.taskRef, 1);
    expect(asking).toMatchObject({ state: { status: 'input_required' } });
    await gateway.tasks.provideInput(me, asking!.taskRef, {
      sure: { action: 'accept', content: {} },
    });
    expect((await end(task.taskRef)).state).toMatchObject({ result: { done: 1 } });
  });

  test('is refused as a whole, before anything starts', async () => {
    const items = [work('good'), { parameters: { ms: 'x' } }];
    await expect(gateway.tasks.start(me, request('bad', 'work', items))).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
      details: { issues: [{ path: '/items/1/parameters/ms' }], bad_items: [1] },
    });
    const { tasks } = await gateway.tasks.list(me, { limit: 1, idempotencyKey: 'bad' });
    expect(tasks).toEqual([]);
  });

  test('runs no more at once than it says, and starts nothing after a failure where it is told to stop', async () => {
    const { task } = await gateway.tasks.start(
      me,
      request(
        'stopping',
        'fail',
        many(5, (index) => ({
          parameters: {
            label: `stop ${index}`,
            code: 'UPSTREAM_REJECTED',
            times: index === 1 ? 9 : 0,
          },
        })),
        { concurrency: 1, on_error: 'stop' },
      ),
    );
    expect((await end(task.taskRef)).state).toMatchObject({
      result: { total: 5, done: 1, failed: 1, not_started: 3 },
    });
    expect(runs.has('stop 2')).toBe(false);
  });
});

describe('a batch that is cancelled', () => {
  test('stops what runs and starts nothing more', async () => {
    const { task } = await gateway.tasks.start(
      me,
      request(
        'cancelled',
        'work',
        many(20, (index) => work(`cancelled ${index}`, 60_000)),
        {
          concurrency: 3,
        },
      ),
    );
    await untilListed(task.taskRef, 3);
    const { cancellation, task: cancelled } = await gateway.tasks.cancel(me, task.taskRef);
    expect(cancellation).toBe('confirmed');
    expect(cancelled).toMatchObject({
      cancelRequested: true,
      state: {
        status: 'failed',
        error: { code: 'CANCELLED', details: { done: 0, failed: 3, not_started: 17 } },
      },
    });
    for (const { state } of await items(task.taskRef)) {
      expect(state).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    }
    expect(runs.has('cancelled 3')).toBe(false);
  }, 60_000);
});

describe('a batch that ends before its items', () => {
  const start = async (key: string, more = {}) => {
    const items = many(4, (index) => work(`${key} ${index}`, 100_000));
    const { task } = await gateway.tasks.start(me, {
      ...request(key, 'work', items, { concurrency: 2 }),
      ...more,
    });
    await untilListed(task.taskRef, 2);
    return task;
  };
  const untilStopped = async (taskRef: string) => {
    const ended = [];
    for (const item of await items(taskRef)) ended.push((await end(item.taskRef)).state);
    return ended;
  };
  const stopped = { status: 'failed', error: { code: 'CANCELLED' } };

  test('has its total for all of them, and stops them in time', async () => {
    const task = await start('late', { maxWaitMs: 20_000 });
    expect(await end(task.taskRef)).toMatchObject({
      state: {
        status: 'failed',
        error: {
          code: 'DEADLINE_EXCEEDED',
          details: {
            total: 4,
            failed: 2,
            not_started: 2,
            failures: [{ item: '0' }, { item: '1' }],
          },
        },
      },
    });
    expect(await untilStopped(task.taskRef)).toMatchObject([stopped, stopped]);
  }, 60_000);

  test('leaves none running when an operator terminates it', async () => {
    const task = await start('terminated');
    await workflow('terminated').terminate('by hand');
    expect((await end(task.taskRef)).state).toMatchObject({ error: { code: 'TERMINATED' } });
    expect(await untilStopped(task.taskRef)).toMatchObject([stopped, stopped]);
  }, 60_000);
});

test('a worker that is killed in the middle loses no item and starts none twice', async () => {
  const queue = 'killed';
  await using elsewhere = await openTestGateway(temporal.address, registry, { taskQueue: queue });
  await using killed = startChild(new URL('worker-process.ts', import.meta.url), [
    temporal.address,
    queue,
  ]);
  expect(await killed.line()).toBe('ready');
  const names = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5'];
  const { task } = await elsewhere.tasks.start(
    me,
    request(
      'killed',
      'work_again',
      names.map((name) => work(name, 110_000)),
      { concurrency: 2 },
    ),
  );
  expect([await killed.line(), await killed.line()].toSorted()).toEqual(['k0', 'k1']);
  killed.kill('SIGKILL');
  await killed.exit;
  for (const name of names) release(name);
  await using next = await startTestWorker(gateway, registry, { taskQueue: queue });
  expect(next.isPolling).toBe(true);
  expect(await end(task.taskRef)).toMatchObject({ state: { result: { total: 6, done: 6 } } });
  expect(names.map((name) => runs.get(name))).toEqual([1, 1, 1, 1, 1, 1]);
  expect(await untilListed(task.taskRef, 6)).toHaveLength(6);
}, 120_000);

test('what it carries is encrypted, items and their results included', async () => {
  const encryption = createTestEncryption(createTestKey('key-1'));
  const taskQueue = 'sealed';
  await using sealed = await openTestGateway(temporal.address, registry, { taskQueue }, encryption);
  await using sealing = await startTestWorker(sealed, registry, { taskQueue });
  expect(sealing.isPolling).toBe(true);
  const mark = 'mark-5b7730aa61fe';
  const { task } = await sealed.tasks.start(
    me,
    request(mark, 'echo', [{ key: mark, parameters: { value: mark } }]),
  );
  const { state } = await sealed.tasks.wait(me, task.taskRef, 60_000);
  expect(state).toMatchObject({ result: { results: [{ item: mark, result: mark }] } });
  const [item] = (await sealed.tasks.list(me, { limit: 10, batch: task.taskRef })).tasks;
  expect(item).toMatchObject({ idempotencyKey: `${mark}.${mark}`, state: { result: mark } });
  for (const { taskRef } of [task, item!]) {
    const history = await sealed.connected.client.workflow
      .getHandle(`local:${parseTaskRef(taskRef)!.keyPart}`)
      .fetchHistory();
    expect(JSON.stringify(history)).not.toContain(Buffer.from(mark).toString('base64'));
    expect(Buffer.from(JSON.stringify(history)).includes(mark)).toBe(false);
  }
});

test('the items that run at once have room among the open tasks of their caller, or it is refused', async () => {
  const none = { openTasks: null, startsPerSecond: null, startBurst: null, concurrentWaits: null };
  const limits = { ...none, openTasks: 4, operations: {} };
  const lonely = { principal: 'limited' };
  await using limited = await openTestGateway(temporal.address, registry, { limits });
  const items = many(6, (index) => work(`limited ${index}`, 60_000));
  const start = async (key: string, concurrency: number) =>
    limited.tasks.start(lonely, request(key, 'work', items, { concurrency }));
  await expect(start('many', 4)).rejects.toMatchObject({
    code: 'INVALID_PARAMETERS',
    details: { issues: [{ path: '/concurrency' }] },
  });
  const { task } = await start('few', 3);
  await expect(start('more', 1)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  await limited.tasks.cancel(lonely, task.taskRef);
});

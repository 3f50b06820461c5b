// Reading, waiting and listing on a real server, and what they cost: the calls to Temporal are counted.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { isDone, type Progress } from '../../src/contract/task.ts';
import type { TaskService } from '../../src/tasks/service.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { countCalls } from './count-calls.ts';
import { testLane } from '../support/operations/lane.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
/** Longer than a test looks, shorter than the total. */
const LONG_MS = 110_000;
/** What the lane calls its calls, and the other one. */
const [START, DESCRIBE, DESCRIBE_OTHER] =
  testLane === 'activity'
    ? ['startActivityExecution', 'describeActivityExecution', 'describeWorkflowExecution']
    : ['startWorkflowExecution', 'describeWorkflowExecution', 'describeActivityExecution'];
/** The run of the task_ref, the latest run (it may have been reset since), and its end; of an activity, one call brings all. */
const READ_ENDED =
  testLane === 'activity' ? [DESCRIBE] : [DESCRIBE, DESCRIBE, 'getWorkflowExecutionHistory'];
/** Calls of a wait: one; of an activity whose attempt lasted, another that describes its end. */
const WAIT_CALLS = testLane === 'activity' ? 2 : 1;
const { registry, runs, release } = createTestOperations();
let temporal: TestTemporal;
let gateway: TestGateway;
let counted: TestGateway;
let tasks: TaskService;
let worker: RunningWorker;
let calls: string[] = [];

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry);
  const { connection, namespace } = gateway.connected;
  const client = new Client({
    connection: countCalls(connection, (call) => calls.push(call)),
    namespace,
  });
  counted = await openTestGateway(temporal.address, registry, { client });
  ({ tasks } = counted);
  worker = await startTestWorker(gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await counted[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

beforeEach(() => {
  calls = [];
});

const start = async (label: string, ms: number) =>
  (await gateway.tasks.start(me, { operation: 'work', parameters: { label, ms } })).task;

/** A task that runs until its label is released. */
const running = async (label: string) => {
  const task = await start(label, LONG_MS);
  while (!runs.has(label)) await sleep(20);
  return task;
};

const done = async (label: string) => {
  const task = await start(label, 1);
  await gateway.tasks.wait(me, task.taskRef, 60_000);
  return task;
};

describe('a start', () => {
  test('costs one call', async () => {
    await tasks.start(me, { operation: 'echo', parameters: { value: 1 } });
    expect(calls).toEqual([START]);
  });

  test('of a known key that runs costs a call to each lane', async () => {
    const request = { operation: 'work', parameters: { label: 'known', ms: LONG_MS } };
    await gateway.tasks.start(me, { ...request, idempotencyKey: 'known' });
    while (!runs.has('known')) await sleep(20);
    await tasks.start(me, { ...request, idempotencyKey: 'known' });
    expect(calls).toEqual([DESCRIBE_OTHER, START, DESCRIBE]);
  });
});

describe('a read', () => {
  test('of a running task is one call for 50 who read at once', async () => {
    const { taskRef } = await running('read');
    const states = await Promise.all(
      Array.from({ length: 50 }, async () => (await tasks.read(me, taskRef)).state.status),
    );
    expect(new Set(states)).toEqual(new Set(['processing']));
    expect(calls).toEqual([DESCRIBE]);
  });

  test('of an ended task is at most three calls for 50 who read at once, and none from then on', async () => {
    const { taskRef } = await done('read when done');
    await Promise.all(Array.from({ length: 50 }, () => tasks.read(me, taskRef)));
    expect(calls).toEqual(READ_ENDED);
    expect(await tasks.read(me, taskRef)).toMatchObject({ state: { status: 'completed' } });
    expect(await tasks.wait(me, taskRef, 60_000)).toMatchObject({ state: { status: 'completed' } });
    expect(await tasks.cancel(me, taskRef)).toMatchObject({ cancellation: 'already_finished' });
    expect(calls).toHaveLength(READ_ENDED.length);
  });
});

test.each([
  ['is said to wait for one', false, false],
  ['is not, while one is being started', true, null],
])('a task without a worker %s', async (_, isStarting, workerPresent) => {
  await using lonely = await openTestGateway(temporal.address, registry, {
    taskQueue: `empty-${isStarting}`,
    isWorkerStarting: () => isStarting,
  });
  const request = { operation: 'work', parameters: { label: 'lonely', ms: 1 } };
  const { task } = await lonely.tasks.start(me, request);
  const { state } = await lonely.tasks.read(me, task.taskRef);
  expect(state).toEqual({ status: 'pending', workerPresent });
});

describe('a wait', () => {
  test('shared by 50 callers costs one look and one long poll, and gives all the outcome', async () => {
    const { taskRef } = await running('waited for');
    const waiting = Promise.all(Array.from({ length: 50 }, () => tasks.wait(me, taskRef, 60_000)));
    while (!calls.includes('longPoll')) await sleep(20);
    release('waited for');
    const all = await waiting;
    expect(new Set(all.map(({ state }) => JSON.stringify(state)))).toEqual(
      new Set([JSON.stringify({ status: 'completed', result: 'waited for', attempt: 1 })]),
    );
    expect(calls[0]).toBe(DESCRIBE);
    expect(calls.length).toBeLessThanOrEqual(1 + WAIT_CALLS);
  });

  test('after a start on the same gateway costs the long poll alone', async () => {
    const { task } = await tasks.start(me, { operation: 'echo', parameters: { value: 1 } });
    await tasks.wait(me, task.taskRef, 60_000);
    expect(calls).toEqual([START, 'longPoll']);
  });

  test('that is not long enough gives the task as it stands', async () => {
    const { taskRef } = await running('too long');
    const task = await tasks.wait(me, taskRef, 300);
    expect(task).toMatchObject({ taskRef, state: { status: 'processing', attempt: 1 } });
    expect(calls.filter((call) => call === 'longPoll')).toHaveLength(1);
  });

  test('of no time at all is a read', async () => {
    const { taskRef } = await running('no time');
    expect(await tasks.wait(me, taskRef, 0)).toMatchObject({ state: { status: 'processing' } });
    expect(calls).toEqual([DESCRIBE]);
  });

  test('ends when the caller goes away, without touching the task', async () => {
    const { taskRef } = await running('left alone');
    const caller = new AbortController();
    const waiting = tasks.wait({ ...me, signal: caller.signal }, taskRef, 60_000);
    while (!calls.includes('longPoll')) await sleep(20);
    caller.abort();
    expect(await waiting).toMatchObject({ state: { status: 'processing' } });
    release('left alone');
    expect(await tasks.wait(me, taskRef, 60_000)).toMatchObject({ state: { status: 'completed' } });
  });

  test('reports progress, and still polls once', async () => {
    const { taskRef } = await running('watched');
    const reported: Progress[] = [];
    await tasks.wait(me, taskRef, 60_000, (progress) => {
      reported.push(progress);
      release('watched');
    });
    expect(reported[0]).toEqual({ fraction: 0.5, message: 'working on watched' });
    expect(calls.filter((call) => call === 'longPoll')).toHaveLength(1);
  });
});

test('a job reports progress between its looks', async () => {
  const { task } = await tasks.start(me, {
    operation: 'job',
    parameters: { label: 'batch', ms: LONG_MS },
  });
  const reported: Progress[] = [];
  const ended = await tasks.wait(me, task.taskRef, 60_000, (progress) => {
    reported.push(progress);
    release('batch');
  });
  expect(reported).toContainEqual({ fraction: 0.25, message: 'in the batch' });
  expect(ended).toMatchObject({ state: { status: 'completed', result: 'job done' } });
});

describe('a wait for several', () => {
  test('ends with the first of them or with the last, and makes one long poll for each', async () => {
    const [one, other] = [await running('first of two'), await running('last of two')];
    const refs = [one.taskRef, other.taskRef];
    calls = [];
    const any = tasks.waitForMany(me, refs, 'any', 60_000);
    const all = tasks.waitForMany(me, [...refs, 'nobody.AAAAAAAAAAAAAAAAAAAAAA'], 'all', 60_000);
    await sleep(500);
    release('first of two');
    const [first, second] = await any;
    expect(first).toMatchObject({ state: { status: 'completed', result: 'first of two' } });
    expect(second).toMatchObject({ state: { status: 'processing' } });
    release('last of two');
    expect(await all).toMatchObject([
      { state: { status: 'completed' } },
      { state: { status: 'completed' } },
      null,
    ]);
    expect(calls.filter((call) => call === 'longPoll')).toHaveLength(2);
    expect(await tasks.waitForMany({ principal: 'other' }, refs, 'all', 60_000)).toEqual([
      null,
      null,
    ]);
  });

  test('takes one place among the waits of its caller', async () => {
    const none = { openTasks: null, startsPerSecond: null, startBurst: null };
    const limits = { ...none, concurrentWaits: 1, operations: {} };
    await using limited = await openTestGateway(temporal.address, registry, { limits });
    const both = [await running('placed'), await running('beside it')];
    const refs = both.map(({ taskRef }) => taskRef);
    const waiting = limited.tasks.waitForMany(me, refs, 'any', 60_000);
    await sleep(500);
    await expect(limited.tasks.waitForMany(me, refs, 'any', 60_000)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
    release('placed');
    expect(await waiting).toMatchObject([{ state: { status: 'completed' } }, {}]);
    release('beside it');
  });
});

describe('a list', () => {
  const mine = { principal: 'lister' };
  const labels = ['l1', 'l2', 'l3', 'l4', 'l5'];

  beforeAll(async () => {
    for (const label of labels) {
      const { task } = await gateway.tasks.start(mine, {
        operation: 'work',
        parameters: { label, ms: 1 },
        idempotencyKey: label,
      });
      await gateway.tasks.wait(mine, task.taskRef, 60_000);
    }
    await gateway.tasks.start(mine, {
      operation: 'work_again',
      parameters: { label: 'open', ms: LONG_MS },
      idempotencyKey: 'open',
    });
    await gateway.tasks.start(mine, {
      operation: 'fail',
      parameters: { label: 'wrong', code: 'UPSTREAM_REJECTED' },
      idempotencyKey: 'wrong',
    });
    while ((await tasks.list(mine, { limit: 100 })).tasks.length < 7) await sleep(100);
    // Visibility lags behind, for each of them by itself.
    const count = async (status: 'completed' | 'failed' | 'processing') =>
      (await tasks.list(mine, { limit: 100, status })).tasks.length;
    while ((await count('failed')) < 1) await sleep(100);
    while ((await count('completed')) < labels.length) await sleep(100);
    while ((await count('processing')) !== 1) await sleep(100);
  });

  const keys = async (filter: Partial<Parameters<TaskService['list']>[1]>) =>
    (await tasks.list(mine, { limit: 100, ...filter })).tasks.map((task) => task.idempotencyKey);

  test('shows the tasks of the caller, those that run first', async () => {
    expect(await keys({})).toEqual(['open', 'wrong', ...labels.toReversed()]);
    expect(await tasks.list({ principal: 'nobody' }, { limit: 100 })).toEqual({
      tasks: [],
      nextCursor: null,
    });
  });

  test('agrees with a read', async () => {
    const { tasks: listed } = await tasks.list(mine, { limit: 100 });
    expect(listed).toHaveLength(7);
    for (const task of listed) {
      const read = await tasks.read(mine, task.taskRef);
      // Each beat of the one that runs is a change.
      expect(read).toEqual(isDone(task.state) ? task : { ...task, updatedAt: read.updatedAt });
    }
  });

  test.each([
    ['status', { status: 'completed' as const }, labels.toReversed()],
    ['status of tasks that run', { status: 'processing' as const }, ['open']],
    ['status that none has', { status: 'pending' as const }, []],
    ['status of tasks that failed', { status: 'failed' as const }, ['wrong']],
    ['operation', { operation: 'work_again' }, ['open']],
    ['operation and status', { operation: 'work_again', status: 'completed' as const }, []],
    ['operation that does not exist', { operation: "x' OR 'a' = 'a" }, []],
    ['key', { idempotencyKey: 'l3' }, ['l3']],
    ['key and another status', { idempotencyKey: 'l3', status: 'failed' as const }, []],
    ['key that names nothing', { idempotencyKey: 'none' }, []],
  ])('is narrowed by %s', async (_, filter, expected) => {
    expect(await keys(filter)).toEqual(expected);
  });

  test('comes in pages that together are the whole', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await tasks.list(mine, { limit: 3, ...(cursor !== null && { cursor }) });
      expect(page.tasks.length).toBeLessThanOrEqual(3);
      seen.push(...page.tasks.map((task) => task.idempotencyKey));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(await keys({}));
  });

  test.each([
    ['garbage', async () => 'garbage'],
    ['nothing', async () => ''],
    [
      'the cursor of other filters',
      async () => (await tasks.list(mine, { limit: 1, status: 'completed' })).nextCursor!,
    ],
    [
      'the cursor of another principal',
      async () => {
        await start('another', 1);
        await start('one more', 1);
        let cursor: string | null = null;
        while (cursor === null) cursor = (await tasks.list(me, { limit: 1 })).nextCursor;
        return cursor;
      },
    ],
  ])('refuses %s as a cursor', async (_, cursor) => {
    const page = { limit: 1, cursor: await cursor() };
    calls = [];
    await expect(tasks.list(mine, page)).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
    expect(calls).toEqual([]); // Temporal would be asked for seconds
  });

  test('does not fetch results', async () => {
    await tasks.list(mine, { limit: 3, status: 'completed' });
    expect(calls.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => DESCRIBE),
      'listActivityExecutions',
      'listWorkflowExecutions',
    ]);
  });
});

describe('how long tasks usually take', () => {
  const asked = async (from: TaskService, taskRef: string) => {
    for (let reads = 0; reads < 100; reads += 1) {
      const { usual } = await from.read(me, taskRef);
      if (usual) return usual;
      await sleep(100);
    }
    throw new Error('nobody knows');
  };

  test('is learned from those that end, and by a new gateway from the last ones', async () => {
    for (const label of ['usual 1', 'usual 2', 'usual 3']) {
      await gateway.tasks.wait(me, (await start(label, 300)).taskRef, 20_000);
    }
    const open = await running('usual');

    const usual = await asked(gateway.tasks, open.taskRef);

    expect(usual.earlyMs).toBeGreaterThan(0);
    expect(usual.lateMs).toBeGreaterThanOrEqual(usual.earlyMs);
    expect((await start('usual 4', 1)).usual).toBeDefined();

    await using other = await openTestGateway(temporal.address, registry, { learns: true });
    expect((await asked(other.tasks, open.taskRef)).lateMs).toBeGreaterThan(0);
    release('usual');
  });
});

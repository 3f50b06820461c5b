// The limits of a task on a real server: each ends it with its own code, and none ends it early.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { WorkflowNotFoundError } from '@temporalio/client';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import { isDone, type TaskState } from '../../src/contract/task.ts';
import type { StartRequest } from '../../src/tasks/service.ts';
import { CALL_LIMITS } from '../../src/temporal/tasks/call-limits.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const { registry, runs } = createTestOperations();
let temporal: TestTemporal;
let gateway: TestGateway;
/** Its queue is polled by nobody. */
let lonely: TestGateway;
let worker: RunningWorker;
let forgotten: string;
/** Begun first, since their time passes beside that of the other tests. */
let left: Awaited<ReturnType<typeof startAlone>>;
let cancelledAlone: Awaited<ReturnType<typeof cancelAlone>>;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry);
  lonely = await openTestGateway(temporal.address, registry, {
    taskQueue: 'nobody',
    callLimits: CALL_LIMITS,
  });
  worker = await startTestWorker(gateway, registry, { maxConcurrency: 4 });
  [left, cancelledAlone] = await Promise.all([startAlone(), cancelAlone()]);
  forgotten = await startAndForget();
});

afterAll(async () => {
  await worker.stop();
  await lonely[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

/** Ends a task and has Temporal delete it, as at the end of its retention; that takes half a minute. */
async function startAndForget(): Promise<string> {
  const { task } = await gateway.tasks.start(me, {
    operation: 'echo',
    parameters: { value: 1 },
    idempotencyKey: 'forgotten',
  });
  await gateway.tasks.wait(me, task.taskRef, 60_000);
  await gateway.connected.connection.workflowService.deleteWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: 'local:forgotten' },
  });
  return task.taskRef;
}

/** Starts a task that no worker takes, and reads it. */
async function startAlone() {
  const { task } = await lonely.tasks.start(me, {
    operation: 'work',
    parameters: { label: 'lonely', ms: 1 },
    maxWaitMs: 8_000,
  });
  return { task, read: await lonely.tasks.read(me, task.taskRef) };
}

async function cancelAlone() {
  const { task } = await startAlone();
  return { task, cancelled: await lonely.tasks.cancel(me, task.taskRef) };
}

/** Starts a task and waits for its end; `tookMs` counts from its start. */
async function run(request: StartRequest, { tasks } = gateway) {
  const { task } = await tasks.start(me, request);
  const done = await tasks.wait(me, task.taskRef, 90_000);
  return { state: done.state, tookMs: done.updatedAt - done.createdAt };
}

const failed = (code: string) => ({ status: 'failed', error: { code } });

test('the total time ends a task in the middle of an attempt', async () => {
  const { state, tookMs } = await run({
    operation: 'work_again',
    parameters: { label: 'total', ms: 60_000 },
    maxWaitMs: 10_000,
  });
  expect(state).toMatchObject(failed('DEADLINE_EXCEEDED'));
  expect(tookMs).toBeGreaterThanOrEqual(9_900);
});

test('the attempt time ends an attempt, and with it a task that is not retried', async () => {
  const { state, tookMs } = await run({
    operation: 'work_briefly',
    parameters: { label: 'attempt', ms: 60_000 },
  });
  expect(state).toMatchObject({ ...failed('ATTEMPT_TIMEOUT'), attempt: 1 });
  expect(tookMs).toBeGreaterThanOrEqual(1_000);
  expect(tookMs).toBeLessThan(60_000); // its total
  expect(runs.get('attempt')).toBe(1);
});

test('the queue time ends a task that no worker has room for', async () => {
  const busy = await Promise.all(
    Array.from({ length: 4 }, () =>
      gateway.tasks.start(me, { operation: 'work', parameters: { label: 'busy', ms: 100_000 } }),
    ),
  );
  while ((runs.get('busy') ?? 0) < 4) await sleep(20);
  const { task } = await gateway.tasks.start(me, {
    operation: 'work_soon',
    parameters: { label: 'queued', ms: 1 },
  });
  expect(await gateway.tasks.read(me, task.taskRef)).toMatchObject({
    state: { status: 'pending', workerPresent: true },
  });
  const { state, updatedAt } = await gateway.tasks.wait(me, task.taskRef, 90_000);
  expect(state).toMatchObject(failed('QUEUE_TIMEOUT'));
  expect(updatedAt - task.createdAt).toBeLessThan(60_000); // its total
  expect(runs.has('queued')).toBe(false);
  await Promise.all(busy.map((one) => gateway.tasks.cancel(me, one.task.taskRef)));
});

describe('without any worker', () => {
  test('a task is pending, says so, and ends when its total time is over', async () => {
    const { task, read } = left;
    expect(read).toMatchObject({ state: { status: 'pending', workerPresent: false } });
    const { state, updatedAt } = await lonely.tasks.wait(me, task.taskRef, 90_000);
    expect(state).toMatchObject(failed('QUEUE_TIMEOUT'));
    expect(updatedAt).toBeGreaterThanOrEqual(task.deadline);
    expect(runs.has('lonely')).toBe(false);
  });

  test('a task that was to be cancelled ends as cancelled', async () => {
    const { task, cancelled } = cancelledAlone;
    expect(cancelled).toMatchObject({
      cancellation: 'requested',
      task: { state: { status: 'pending' } },
    });
    const { state } = await lonely.tasks.wait(me, task.taskRef, 90_000);
    expect(state).toMatchObject(failed('CANCELLED'));
  });
});

test.each([
  ['absent', undefined, 120_000],
  ['shorter', 5_000, 5_000],
  ['longer than the operation allows', 86_400_000, 120_000],
  ['a fraction of a millisecond', 0.2, 1],
])('a total time that is %s gives the deadline', async (_, maxWaitMs, totalMs) => {
  const { task } = await gateway.tasks.start(me, {
    operation: 'echo',
    parameters: { value: 1 },
    ...(maxWaitMs !== undefined && { maxWaitMs }),
  });
  expect(task.deadline - task.createdAt).toBe(totalMs);
  expect((await gateway.tasks.wait(me, task.taskRef, 90_000)).deadline).toBe(task.deadline);
});

describe('retries', () => {
  const request = (label: string, times: number) => ({
    operation: 'fail',
    parameters: { label, code: 'UPSTREAM_UNAVAILABLE', times },
  });

  test('end with the first success, and the task is processing all the time', async () => {
    const { task } = await gateway.tasks.start(me, request('twice', 2));
    while (!runs.has('twice')) await sleep(20);
    const seen: TaskState[] = [];
    do {
      seen.push((await gateway.tasks.read(me, task.taskRef)).state);
      await sleep(50);
    } while (!isDone(seen.at(-1)!));
    expect(seen.pop()).toMatchObject({ status: 'completed', result: 'succeeded', attempt: 3 });
    expect(new Set(seen.map(({ status }) => status))).toEqual(new Set(['processing']));
  });

  test('end with the last failure when there are no more', async () => {
    const { state } = await run(request('always', 1_000));
    expect(state).toMatchObject({
      ...failed('UPSTREAM_UNAVAILABLE'),
      error: { message: 'as asked', retryable: true, details: { upstream: [1] } },
      attempt: 3,
    });
    expect(runs.get('always')).toBe(3);
  });
});

test('a task that Temporal has forgotten is unknown, and its key is free again', async () => {
  const key = { limit: 1, idempotencyKey: 'forgotten' };
  while ((await gateway.tasks.list(me, key)).tasks.length > 0) await sleep(200);
  // Temporal forgets in steps: which run is the latest, then the run itself.
  const { runId } = parseTaskRef(forgotten)!;
  const handle = gateway.connected.client.workflow.getHandle('local:forgotten', runId);
  const isGone = async () =>
    handle.describe().then(
      () => false,
      (failure: unknown) => failure instanceof WorkflowNotFoundError,
    );
  while (!(await isGone())) await sleep(200);
  await expect(lonely.tasks.read(me, forgotten)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  const { deduplicated } = await gateway.tasks.start(me, {
    operation: 'echo',
    parameters: { value: 2 },
    idempotencyKey: 'forgotten',
  });
  expect(deduplicated).toBe(false);
});

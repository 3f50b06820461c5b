// Ending tasks on a real server: by the caller who cancels, and by the operator in Temporal.
import { createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Task } from '../../src/contract/task.ts';
import { CALL_LIMITS } from '../../src/temporal/tasks/call-limits.ts';
import { PRINCIPAL } from '../../src/temporal/calls/search-attributes.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const { registry, runs, keys, release } = createTestOperations();
let temporal: TestTemporal;
let one: TestGateway;
let other: TestGateway;
/** Does not wait long for a cancel to be confirmed. */
let hasty: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  one = await openTestGateway(temporal.address, registry);
  other = await openTestGateway(temporal.address, registry);
  hasty = await openTestGateway(temporal.address, registry, { callLimits: CALL_LIMITS });
  worker = await startTestWorker(one, registry);
});

afterAll(async () => {
  await worker.stop();
  await hasty[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const start = async (operation: string, label: string, ms: number): Promise<Task> => {
  const parameters = { label, ms };
  const request = { operation, parameters, idempotencyKey: label };
  return (await one.tasks.start(me, request)).task;
};

const running = async (operation: string, label: string, ms: number): Promise<Task> => {
  const task = await start(operation, label, ms);
  while ((await one.tasks.read(me, task.taskRef)).state.status !== 'processing') await sleep(20);
  return task;
};

const reset = (label: string) =>
  one.connected.connection.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: `local:${label}` },
    reason: 'once more',
    requestId: label,
    workflowTaskFinishEventId: { low: 3, high: 0, unsigned: false } as never,
  });

const failed = (code: string) => ({ status: 'failed', error: { code, retryable: false } });

describe('a cancel', () => {
  test('of a running attempt is confirmed, and again means that it had ended', async () => {
    const { taskRef } = await running('work', 'cancelled', 100_000);
    expect(await one.tasks.cancel(me, taskRef, 'changed my mind')).toMatchObject({
      cancellation: 'confirmed',
      task: { taskRef, state: failed('CANCELLED') },
    });
    for (const gateway of [one, other]) {
      expect(await gateway.tasks.cancel(me, taskRef)).toMatchObject({
        cancellation: 'already_finished',
        task: { state: failed('CANCELLED') },
      });
      const { state } = await gateway.tasks.read(me, taskRef);
      expect(state).toMatchObject({
        error: { message: 'the task was cancelled on request (changed my mind)' },
      });
    }
  });

  test('of an attempt that goes on for a while is requested, again too, and comes true', async () => {
    const { taskRef } = await running('submit_slowly', 'slow', 100_000);
    for (let times = 1; times <= 2; times += 1) {
      expect(await hasty.tasks.cancel(me, taskRef)).toMatchObject({
        cancellation: 'requested',
        task: { state: { status: 'processing' }, cancelRequested: true },
      });
    }
    release('slow');
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject({ state: failed('CANCELLED') });
  });

  test('of an attempt that does not listen comes true', async () => {
    const { taskRef } = await running('ignore_signal', 'deaf', 100_000);
    expect(await one.tasks.cancel(me, taskRef)).toMatchObject({
      cancellation: 'confirmed',
      task: { state: failed('CANCELLED') },
    });
  });

  test('between two attempts is confirmed', async () => {
    const { task } = await one.tasks.start(me, {
      operation: 'fail_and_wait',
      parameters: { label: 'between' },
      idempotencyKey: 'between',
    });
    const handle = one.connected.client.workflow.getHandle('local:between');
    const isBetween = async () =>
      (await handle.fetchHistory()).events?.some((event) => event.timerStartedEventAttributes);
    while (!(await isBetween())) await sleep(50);
    expect(await one.tasks.cancel(me, task.taskRef)).toMatchObject({ cancellation: 'confirmed' });
    expect(runs.get('between')).toBe(1);
  });

  test('of a job is confirmed, and reaches the upstream', async () => {
    const { taskRef } = await running('job', 'batch', 100_000);
    const { tasks } = one;
    const isLookedAt = async () => {
      const { state } = await tasks.read(me, taskRef);
      return state.status === 'processing' && state.progress !== null;
    };
    while (!(await isLookedAt())) await sleep(50);
    expect(await one.tasks.cancel(me, taskRef)).toMatchObject({ cancellation: 'confirmed' });
    expect(runs.get('cancelled batch')).toBe(1);
  });

  test('of a task that ended leaves it as it was', async () => {
    const { taskRef } = await start('work', 'ended', 1);
    const done = await one.tasks.wait(me, taskRef, 90_000);
    expect(await other.tasks.cancel(me, taskRef)).toEqual({
      cancellation: 'already_finished',
      task: done,
    });
  });

  test('after an operator’s cancel in Temporal is no mistake', async () => {
    const { taskRef } = await running('submit_slowly', 'twice', 100_000);
    await one.connected.client.workflow.getHandle('local:twice').cancel();
    expect(await hasty.tasks.cancel(me, taskRef)).toMatchObject({ cancellation: 'requested' });
    release('twice');
  });

  test('from ten callers at once is one cancel', async () => {
    const { taskRef } = await running('work', 'ten', 100_000);
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? one : other).tasks.cancel(me, taskRef),
      ),
    );
    for (const { task } of all) expect(task.state).toMatchObject(failed('CANCELLED'));
  });
});

test('a task that is terminated in Temporal fails with the operator’s reason', async () => {
  const { taskRef } = await running('work', 'terminated', 100_000);
  const waiting = one.tasks.wait(me, taskRef, 90_000);
  await other.connected.client.workflow.getHandle('local:terminated').terminate('wrong customer');
  for (const task of [await waiting, await other.tasks.read(me, taskRef)]) {
    expect(task).toMatchObject({
      state: {
        ...failed('TERMINATED'),
        error: { message: expect.stringContaining('wrong customer') },
      },
    });
  }
});

test('a list shows no task whose id is another’s, whatever its search attributes say', async () => {
  const own = { operation: 'work', parameters: { label: 'own', ms: 1 }, idempotencyKey: 'own' };
  await one.tasks.start({ principal: 'alice' }, own);
  const { client } = one.connected;
  const { memo } = await client.workflow.getHandle('alice:own').describe();
  await client.workflow.start('runTask', {
    workflowId: 'alice:mixed',
    taskQueue: 'nobody',
    memo: memo!,
    typedSearchAttributes: [{ key: PRINCIPAL, value: 'mixed-up' }],
  });
  const query = `${PRINCIPAL.name} = 'mixed-up'`;
  while ((await client.workflow.count(query)).count === 0) await sleep(100);
  const page = await one.tasks.list({ principal: 'mixed-up' }, { limit: 100 });
  expect(page).toEqual({ tasks: [], nextCursor: null });
});

describe('a task that is reset in Temporal', () => {
  test('while it runs goes on under its task_ref, also for those who wait', async () => {
    const { taskRef } = await running('work', 'reset-early', 100_000);
    const waiting = one.tasks.wait(me, taskRef, 100_000);
    await reset('reset-early');
    while (runs.get('reset-early') !== 2) await sleep(20);
    release('reset-early');
    const done = await waiting;
    expect(done).toMatchObject({ taskRef, state: { status: 'completed', result: 'reset-early' } });
    expect(await other.tasks.read(me, taskRef)).toEqual(done);
    expect(runs.get('reset-early')).toBe(2);
  });

  test('after its end runs again under its task_ref, with its whole time', async () => {
    const { task } = await one.tasks.start(me, {
      operation: 'fail',
      parameters: { label: 'reset-late', code: 'UPSTREAM_REJECTED', times: 1 },
      idempotencyKey: 'reset-late',
      maxWaitMs: 12_000,
    });
    const first = await one.tasks.wait(me, task.taskRef, 90_000);
    expect(first).toMatchObject({ state: failed('UPSTREAM_REJECTED') });
    while (Date.now() < first.deadline + 6_000) await sleep(100);
    await reset('reset-late');
    const again = await other.tasks.wait(me, task.taskRef, 90_000);
    expect(again).toMatchObject({
      taskRef: task.taskRef,
      createdAt: task.createdAt,
      state: { status: 'completed', result: 'succeeded' },
    });
    expect(again.deadline).toBeGreaterThan(first.deadline);
    const request = { limit: 10, idempotencyKey: 'reset-late' };
    expect((await other.tasks.list(me, request)).tasks).toMatchObject([
      { state: { status: 'completed' } },
    ]);
  });
});

describe('the key that an upstream sees', () => {
  const tell = async ({ tasks }: TestGateway, principal: string, label: string, times = 1) => {
    const caller = { principal };
    const request = { operation: 'show_key', parameters: { label, times }, idempotencyKey: label };
    const { task } = await tasks.start(caller, request);
    const { state } = await tasks.wait(caller, task.taskRef, 60_000);
    return state.status === 'completed' ? state.result : state;
  };

  test('is the same for every attempt and after a reset, and tells nothing of who asks for what', async () => {
    const key = await tell(one, 'local', 'pay-2026-12', 3);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(key).not.toMatch(/local|pay/);
    await reset('pay-2026-12');
    while (keys.length < 4) await sleep(20);
    expect(keys).toEqual([key, key, key, key]);
  });

  test('is another for another caller, another key and another installation', async () => {
    await using foreign = await openTestGateway(temporal.address, registry, {
      installationKey: createSecretKey(Buffer.alloc(32, 7)),
    });
    const seen = [
      await tell(one, 'local', 'report-2026-11'),
      await tell(one, 'alice', 'report-2026-11'),
      await tell(other, 'local', 'report-2026-10'),
      await tell(foreign, 'bob', 'report-2026-11'),
    ];
    expect(new Set(seen).size).toBe(seen.length);
  });
});

// An operation that changes its lane: gateways of either setting over the tasks of both, on one real server.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Lane } from '../../../src/contract/lane.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { completed, me } from './both-lanes.ts';
import { createLaneOperations } from './lane-operations.ts';

const { toRegistry, runs, release } = createLaneOperations();
const WAYS = [
  ['workflow', 'activity'],
  ['activity', 'workflow'],
] as const;
let temporal: TestTemporal;
let gateways: Readonly<Record<Lane, TestGateway>>;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateways = {
    workflow: await openTestGateway(temporal.address, toRegistry('workflow')),
    activity: await openTestGateway(temporal.address, toRegistry('activity')),
  };
  worker = await startTestWorker(gateways.workflow, toRegistry('workflow'));
});

afterAll(async () => {
  await worker.stop();
  await gateways.workflow[Symbol.asyncDispose]();
  await gateways.activity[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const request = (label: string, ms = 0) => ({
  operation: 'plain',
  parameters: { label, ms },
  idempotencyKey: label,
});

describe.each(WAYS)('what was started as %s, seen by a gateway that starts as %s,', (from, to) => {
  test('is read, awaited, listed by its key and cancelled', async () => {
    const [before, after] = [gateways[from].tasks, gateways[to].tasks];
    const { task } = await before.start(me, request(`found ${from}`, 100_000));
    const { taskRef } = task;
    expect(await after.read(me, taskRef)).toMatchObject({ taskRef, createdAt: task.createdAt });
    const filter = { limit: 10, idempotencyKey: `found ${from}` };
    expect((await after.list(me, filter)).tasks).toMatchObject([{ taskRef }]);
    const waiting = after.wait(me, taskRef, 60_000);
    while (!runs.has(`found ${from}`)) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await after.cancel(me, taskRef)).toMatchObject({ cancellation: 'confirmed' });
    expect(await waiting).toEqual(await before.read(me, taskRef));
  });

  test('is found by its key while it runs, and when it has ended', async () => {
    const key = `repeated ${from}`;
    const { task } = await gateways[from].tasks.start(me, request(key, 100_000));
    const again = await gateways[to].tasks.start(me, request(key, 100_000));
    expect(again).toMatchObject({ deduplicated: true, task: { taskRef: task.taskRef } });
    release(key);
    const done = await gateways[from].tasks.wait(me, task.taskRef, 60_000);
    expect(done.state).toEqual(completed('run 1', 1));
    const late = await gateways[to].tasks.start(me, request(key, 100_000));
    expect(late).toEqual({ task: done, deduplicated: true });
    expect(runs.get(key)).toHaveLength(1);
  });

  test('conflicts with another request of its key', async () => {
    const key = `conflict ${from}`;
    const { task } = await gateways[from].tasks.start(me, request(key));
    await expect(gateways[to].tasks.start(me, request(key, 1))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
      details: { operation_type: 'plain', task_ref: task.taskRef },
    });
  });

  test('is nothing to another principal', async () => {
    const key = `private ${from}`;
    const { task } = await gateways[from].tasks.start(me, request(key));
    const other = { principal: 'other' };
    for (const { tasks } of Object.values(gateways)) {
      const missed = { code: 'TASK_NOT_FOUND' };
      await expect(tasks.read(other, task.taskRef)).rejects.toMatchObject(missed);
      await expect(tasks.cancel(other, task.taskRef)).rejects.toMatchObject(missed);
      expect((await tasks.list(other, { limit: 10, idempotencyKey: key })).tasks).toEqual([]);
    }
    const own = await gateways[to].tasks.start(other, request(key));
    expect(own.deduplicated).toBe(false);
  });

  test('is one task for 50 callers of both gateways who repeat its key', async () => {
    const keys = [1, 2, 3, 4, 5].map((n) => `crowd ${n} ${from}`);
    const first = await Promise.all(
      keys.map(async (key) => gateways[from].tasks.start(me, request(key))),
    );
    const repeated = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const gateway = n % 2 === 0 ? gateways[from] : gateways[to];
        return gateway.tasks.start(me, request(keys[n % keys.length]!));
      }),
    );
    for (const [n, { task, deduplicated }] of repeated.entries()) {
      expect(deduplicated).toBe(true);
      expect(task.taskRef).toBe(first[n % keys.length]!.task.taskRef);
    }
    for (const { task } of first) {
      const { state } = await gateways[to].tasks.wait(me, task.taskRef, 60_000);
      expect(state).toEqual(completed('run 1', 1));
    }
    for (const key of keys) expect(runs.get(key)).toHaveLength(1);
  });
});

test('a gateway whose server has no activities starts workflows, and misses what is an activity', async () => {
  await using without = await openTestGateway(temporal.address, toRegistry('activity'), {
    hasActivityLane: false,
  });
  const { task } = await without.tasks.start(me, request('without'));
  const found = await gateways.activity.tasks.start(me, request('without'));
  expect(found).toMatchObject({ deduplicated: true, task: { taskRef: task.taskRef } });
  const activity = await gateways.activity.tasks.start(me, request('with'));
  await expect(without.tasks.read(me, activity.task.taskRef)).rejects.toMatchObject({
    code: 'TASK_NOT_FOUND',
  });
});

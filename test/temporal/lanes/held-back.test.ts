// What an operator does to a task in Temporal, and workers that cannot run it, in both lanes at once on one real server.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Task, TaskState } from '../../../src/contract/task.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { PAUSED } from '../../../src/temporal/lanes/waiting.ts';
import type { TemporalTasks } from '../../../src/temporal/tasks/service.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { createTestEncryption } from '../../encryption/keys.ts';
import { startTestWorker } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { completed, failed, me, openBothLanes, type BothLanes, type InLane } from './both-lanes.ts';
import { createLaneOperations, type LaneOperation } from './lane-operations.ts';

const operations = createLaneOperations();
const { runs, release } = operations;
const registry = operations.toRegistry('activity');
let temporal: TestTemporal;
let lanes: BothLanes;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  lanes = await openBothLanes(temporal.address, operations);
  worker = await startTestWorker(lanes.gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await lanes[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const isProcessing = ({ status }: TaskState) => status === 'processing';

const hasStopped = (state: TaskState) => 'progress' in state && state.progress === PAUSED;

/** How a task ends that must not run twice, and how often it ran. */
const runUnsafe = async ({ start, end, label }: InLane) => {
  const { status, ...ended } = await end(await start('unsafe'));
  return [status, 'result' in ended && ended.result, runs.get(label)?.length];
};

test('an operator who terminates a task ends it, with the reason', async () => {
  const ended = await lanes.play('terminated', async ({ start, end, until, lane, gateway }) => {
    const task = await start('plain', { ms: 100_000 }, { idempotencyKey: `terminated-${lane}` });
    await until(task, isProcessing);
    const { client } = gateway.connected;
    const id = `local:terminated-${lane}`;
    if (lane === 'workflow') await client.workflow.getHandle(id).terminate('wrong customer');
    else await client.activity.getHandle(id).terminate('wrong customer');
    return end(task);
  });
  expect(ended).toEqual(
    failed('TERMINATED', null, { message: expect.stringContaining('wrong customer') }),
  );
});

const isListed = async (tasks: TemporalTasks, { taskRef }: Task) => {
  const listed = await tasks.list(me, { limit: 100, status: 'processing' });
  return listed.tasks.some((task) => task.taskRef === taskRef);
};

test('what an operator pauses is not over, and runs again only where that does no harm', async () => {
  const ended = await lanes.play(
    'paused',
    async ({ start, end, until, lane, tasks, gateway, label }) => {
      const { workflowService } = gateway.connected.client;
      const toTarget = (key: string) => ({
        namespace: 'default',
        ...(lane === 'workflow'
          ? { workflowId: `local:${key}`, activityId: 'attempt-1' }
          : { activityId: `local:${key}` }),
      });
      const pause = async (kind: LaneOperation) => {
        const key = `${kind}-paused-${lane}`;
        const parameters = { label: `${kind} ${label}`, ms: 100_000 };
        const task = await start(kind, parameters, { idempotencyKey: key });
        await until(task, isProcessing);
        await workflowService.pauseActivityExecution(toTarget(key));
        return { key, task };
      };
      const safe = await pause('safe');
      const { state } = await until(safe.task, hasStopped);
      while (!(await isListed(tasks, safe.task))) await sleep(50);
      const unsafe = await pause('unsafe');
      // In the activity lane, it ends by itself.
      await until(unsafe.task, (now) => now.status === 'failed' || hasStopped(now));
      release(`safe ${label}`);
      for (const { key } of lane === 'workflow' ? [safe, unsafe] : [safe]) {
        await workflowService.unpauseActivityExecution(toTarget(key));
      }
      const states = [await end(safe.task), await end(unsafe.task)];
      return [state, states, runs.get(`unsafe ${label}`)!.length];
    },
  );
  const message = 'the attempt was stopped before it could end';
  expect(ended).toEqual([
    { status: 'processing', attempt: 1, progress: PAUSED },
    [
      completed('run 2', 2),
      failed('OUTCOME_UNKNOWN', 1, { message: expect.stringContaining(message) }),
    ],
    1,
  ]);
});

test('a worker that does not know the operation runs nothing, and another takes the task', async () => {
  const taskQueue = 'older';
  await using elsewhere = await openBothLanes(temporal.address, operations, { taskQueue });
  const older = await startTestWorker(elsewhere.gateway, createRegistry([]), { taskQueue });
  const story = elsewhere.play('newer', runUnsafe);
  await sleep(2_500);
  await older.stop();
  await using newer = await startTestWorker(elsewhere.gateway, registry, { taskQueue });
  expect(newer.isPolling).toBe(true);
  expect(await story).toEqual(['completed', 'run 1', 1]);
});

test('workers without the key run nothing, however often, and another takes the task', async () => {
  const taskQueue = 'keyless';
  const encryption = createTestEncryption();
  const { address } = temporal;
  await using elsewhere = await openBothLanes(address, operations, { taskQueue }, encryption);
  const keyless = await startTestWorker(elsewhere.gateway, registry, { taskQueue, keyring: null });
  const story = elsewhere.play('sealed', runUnsafe);
  await sleep(3_500);
  await keyless.stop();
  await using keyed = await startTestWorker(elsewhere.gateway, registry, { taskQueue });
  expect(keyed.isPolling).toBe(true);
  expect(await story).toEqual(['completed', 'run 1', 1]);
});

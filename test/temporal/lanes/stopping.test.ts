// What stops a task, in both lanes at once on one real server: its caller, its time, the end of its worker.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { TaskState } from '../../../src/contract/task.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { startChild } from '../../support/processes/child.ts';
import { startTestWorker } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { completed, failed, me, openBothLanes, openQueued } from './both-lanes.ts';
import type { BothLanes, InLane } from './both-lanes.ts';
import { createLaneOperations, type LaneOperation } from './lane-operations.ts';

const operations = createLaneOperations();
const { runs, release } = operations;
const registry = operations.toRegistry('activity');
let temporal: TestTemporal;
let lanes: BothLanes;
let queued: BothLanes;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  lanes = await openBothLanes(temporal.address, operations);
  queued = await openQueued(temporal.address, operations);
  worker = await startTestWorker(lanes.gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await queued[Symbol.asyncDispose]();
  await lanes[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const isProcessing = ({ status }: TaskState) => status === 'processing';

describe('a cancel', () => {
  const cancel = async ({ tasks }: InLane, taskRef: string, reason?: string) => {
    const { task, cancellation } = await tasks.cancel(me, taskRef, reason);
    return { cancellation, cancelRequested: task.cancelRequested, state: task.state };
  };
  const confirmed = (why = '') => ({
    cancellation: 'confirmed',
    cancelRequested: true,
    state: failed('CANCELLED', null, { message: expect.stringContaining(why) }),
  });

  test('in the queue is confirmed at once', async () => {
    const ended = await queued.play('queued', async (one) =>
      cancel(one, (await one.start('plain')).taskRef, 'never mind'),
    );
    expect(ended).toEqual(confirmed('(never mind)'));
  });

  test('of a task that starts later is confirmed at once', async () => {
    const ended = await lanes.play('tomorrow', async (one) => {
      const task = await one.start('plain', {}, { startAfterMs: 86_400_000 });
      return [await cancel(one, task.taskRef), runs.has(one.label)];
    });
    expect(ended).toEqual([confirmed(), false]);
  });

  test('of a running attempt is confirmed, and from then on it had ended', async () => {
    const ended = await lanes.play('stopped', async (one) => {
      const task = await one.start('plain', { ms: 100_000 });
      await one.until(task, isProcessing);
      return [
        await cancel(one, task.taskRef, 'enough'),
        await cancel(one, task.taskRef, 'once more'),
        await one.end(task),
      ];
    });
    const once = confirmed('(enough)');
    expect(ended).toEqual([once, { ...once, cancellation: 'already_finished' }, once.state]);
  });

  test('between two attempts is confirmed', async () => {
    const ended = await lanes.play('between', async (one) => {
      const task = await one.start('retried_late', { failures: 9 });
      while (!runs.has(one.label)) await sleep(20);
      await sleep(500);
      return [await cancel(one, task.taskRef), runs.get(one.label)!.length];
    });
    expect(ended).toEqual([confirmed(), 1]);
  });

  test('of an attempt that does not listen is confirmed', async () => {
    const ended = await lanes.play('deaf', async (one) => {
      const task = await one.start('plain', { ms: 20_000, deaf: true });
      await one.until(task, isProcessing);
      return cancel(one, task.taskRef);
    });
    expect(ended).toEqual(confirmed());
  });

  test('of an attempt that completes all the same comes too late', async () => {
    const ended = await lanes.play('anyway', async (one) => {
      const task = await one.start('plain', { ms: 100_000, deaf: true });
      await one.until(task, isProcessing);
      const cancelling = cancel(one, task.taskRef);
      await sleep(2_500);
      release(one.label);
      return cancelling;
    });
    expect(ended).toEqual({
      cancellation: 'already_finished',
      cancelRequested: true,
      state: completed('run 1', 1),
    });
  });

  test.each(['UPSTREAM_REJECTED', 'UPSTREAM_UNAVAILABLE'])(
    'of an attempt that fails all the same, %s',
    async (code) => {
      const ended = await lanes.play(`failing anyway ${code}`, async (one) => {
        const task = await one.start('retried', { ms: 100_000, deaf: true, failures: 9, code });
        await one.until(task, isProcessing);
        const cancelling = cancel(one, task.taskRef);
        await sleep(2_500);
        release(one.label);
        return [await cancelling, runs.get(one.label)!.length];
      });
      expect(ended).toMatchObject([{ state: { status: 'failed' } }, 1]);
    },
  );

  test('of a task that ended leaves it as it was', async () => {
    const ended = await lanes.play('over', async (one) => {
      const task = await one.start('plain');
      await one.end(task);
      return cancel(one, task.taskRef);
    });
    expect(ended).toEqual({
      cancellation: 'already_finished',
      cancelRequested: false,
      state: completed('run 1', 1),
    });
  });
});

test('the total ends a task between two attempts, where no worker is there for the second', async () => {
  const taskQueue = 'left';
  await using elsewhere = await openBothLanes(temporal.address, operations, { taskQueue });
  const only = await startTestWorker(elsewhere.gateway, registry, { taskQueue });
  const leave = async () => {
    while (!['workflow', 'activity'].every((lane) => runs.has(`left (${lane})`))) await sleep(20);
    await sleep(500);
    await only.stop();
  };
  let leaving: Promise<void> | null = null;
  const ended = await elsewhere.play('left', async ({ start, end, label }) => {
    const task = await start('retried_soon', { failures: 9 });
    await (leaving ??= leave());
    return [await end(task), runs.get(label)!.length];
  });
  const message = 'the total time of the task ran out';
  expect(ended).toEqual([failed('DEADLINE_EXCEEDED', null, { message }), 1]);
});

describe('an attempt that ends with its worker', () => {
  const unknown = (message: string) =>
    failed('OUTCOME_UNKNOWN', 1, { retryable: false, message: expect.stringContaining(message) });

  /** Starts a task of each operation in both lanes, ends their worker while all run, and starts another. */
  const lose = async (
    taskQueue: string,
    kinds: readonly LaneOperation[],
    endWorker: (labels: readonly string[]) => Promise<void>,
  ) => {
    await using elsewhere = await openBothLanes(temporal.address, operations, { taskQueue });
    const labels: string[] = [];
    let next: Promise<RunningWorker> | null = null;
    const restart = async () => {
      await endWorker(labels);
      for (const label of labels) release(label);
      return startTestWorker(elsewhere.gateway, registry, { taskQueue });
    };
    const states = await elsewhere.play(taskQueue, async ({ start, end, label }) => {
      const tasks = await Promise.all(
        kinds.map(async (kind) => {
          labels.push(`${kind} ${label}`);
          return start(kind, { label: `${kind} ${label}`, ms: 100_000 });
        }),
      );
      next ??= restart();
      await next;
      return Promise.all(tasks.map(end));
    });
    await (await next!).stop();
    return states;
  };

  test('by kill -9 runs again where that does no harm, as often as its policy says', async () => {
    await using killed = startChild(new URL('lane-worker.ts', import.meta.url), [
      temporal.address,
      'killed',
    ]);
    expect(await killed.line()).toBe('ready');
    const kinds = ['unsafe', 'safe', 'safe_once'] as const;
    const states = await lose('killed', kinds, async () => {
      for (let begun = 0; begun < 2 * kinds.length; begun += 1) await killed.line();
      killed.kill('SIGKILL');
      await killed.exit;
    });
    expect(states).toEqual([
      unknown('vanished'),
      completed('run 1', 2),
      unknown('run again 0 times at most'),
    ]);
    for (const lane of ['workflow', 'activity']) {
      const here = kinds.map((kind) => runs.get(`${kind} killed (${lane})`)?.length);
      expect(here).toEqual([undefined, 1, undefined]);
    }
  });

  test('by kill -9 after a cancel is cancelled where it would have run again', async () => {
    const taskQueue = 'killed late';
    await using killed = startChild(new URL('lane-worker.ts', import.meta.url), [
      temporal.address,
      taskQueue,
    ]);
    expect(await killed.line()).toBe('ready');
    await using elsewhere = await openBothLanes(temporal.address, operations, { taskQueue });
    const kinds = ['unsafe', 'safe'] as const;
    const cancels: Promise<unknown>[] = [];
    const replace = async () => {
      for (let begun = 0; begun < 2 * kinds.length; begun += 1) await killed.line();
      while (cancels.length < 2 * kinds.length) await sleep(20);
      await sleep(1_500);
      killed.kill('SIGKILL');
      await killed.exit;
      return startTestWorker(elsewhere.gateway, registry, { taskQueue });
    };
    const next = replace();
    const states = await elsewhere.play(taskQueue, async ({ start, until, end, tasks, label }) => {
      const parameters = { ms: 100_000, deaf: true };
      const started = await Promise.all(
        kinds.map(async (kind) => start(kind, { label: `${kind} ${label}`, ...parameters })),
      );
      for (const task of started) {
        await until(task, isProcessing);
        cancels.push(tasks.cancel(me, task.taskRef));
      }
      await next;
      return Promise.all(started.map(end));
    });
    await Promise.all(cancels);
    await (await next).stop();
    expect(states).toEqual([unknown('vanished'), failed('CANCELLED', null)]);
  });

  test('that shuts down runs again where that does no harm', async () => {
    await using gateways = await openBothLanes(temporal.address, operations);
    const first = await startTestWorker(gateways.gateway, registry, { taskQueue: 'stopped' });
    const kinds = ['unsafe', 'safe'] as const;
    const states = await lose('stopped', kinds, async (labels) => {
      while (labels.length < 4 || !labels.every((label) => runs.has(label))) await sleep(20);
      await first.stop();
    });
    expect(states).toEqual([unknown('the worker shut down'), completed('run 2', 2)]);
    for (const lane of ['workflow', 'activity']) {
      expect(kinds.map((kind) => runs.get(`${kind} stopped (${lane})`)!.length)).toEqual([1, 2]);
    }
  });
});

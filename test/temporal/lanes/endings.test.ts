// Nothing that a caller sees differs between the lanes: each story runs in both at once, on one real server.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileReference } from '../../../src/contract/file.ts';
import { parseTaskRef } from '../../../src/contract/task-ref.ts';
import { createFiles } from '../../../src/storage/files.ts';
import { readJson } from '../../../src/storage/json.ts';
import { reportToFleet } from '../../../src/temporal/breaker/shared.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';
import { startTestWorker, TEST_QUEUE } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { completed, failed, me, openBothLanes, openQueued, type BothLanes } from './both-lanes.ts';
import { createLaneOperations } from './lane-operations.ts';

const operations = createLaneOperations();
const { runs, peaks, release } = operations;
const { store } = createMemoryStore();
const files = createFiles({ store, maxBytes: 5_000_000 });
let temporal: TestTemporal;
let lanes: BothLanes;
/** Their tasks wait behind one that lasts. */
let queued: BothLanes;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  // What is switched off is put off, and not refused.
  const callbacks = { admit: () => undefined };
  const options = { files, maxInlineBytes: 1_000, breakers: null, callbacks };
  lanes = await openBothLanes(temporal.address, operations, options);
  queued = await openQueued(temporal.address, operations);
  worker = await startTestWorker(lanes.gateway, operations.toRegistry('activity'), {
    files,
    maxResultBytes: 1_000,
  });
});

afterAll(async () => {
  await worker.stop();
  await queued[Symbol.asyncDispose]();
  await lanes[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

describe('a failure that was reported', () => {
  test('is retried after the pauses of the policy', async () => {
    const ended = await lanes.play('flaky', async ({ start, end }) =>
      end(await start('retried', { failures: 2 })),
    );
    expect(ended).toEqual(completed('run 3', 3));
    const [first = 0, second = 0, third = 0] = runs.get('flaky (activity)')!;
    expect(second - first).toBeGreaterThanOrEqual(200);
    expect(third - second).toBeGreaterThanOrEqual(600);
  });

  test('is retried no sooner than it says', async () => {
    const ended = await lanes.play('later', async ({ start, end }) =>
      end(await start('retried', { failures: 1, retryAfterMs: 1_500 })),
    );
    expect(ended).toEqual(completed('run 2', 2));
    const [first = 0, second = 0] = runs.get('later (activity)')!;
    expect(second - first).toBeGreaterThanOrEqual(1_500);
  });

  test('is retried as often as the policy says', async () => {
    const ended = await lanes.play('failing', async ({ start, end, label }) => [
      await end(await start('retried', { failures: 9 })),
      runs.get(label)!.length,
    ]);
    const more = { message: 'failed 4', retryable: true, details: { run: 4 } };
    expect(ended).toEqual([failed('UPSTREAM_UNAVAILABLE', 4, more), 4]);
  });

  test.each(['UPSTREAM_REJECTED', 'OUTCOME_UNKNOWN', 'INTERNAL', 'no code of ours'])(
    'is final as %s',
    async (code) => {
      const ended = await lanes.play(code, async ({ start, end, label }) => [
        await end(await start('retried', { failures: 9, code })),
        runs.get(label)!.length,
      ]);
      const known = code === 'no code of ours' ? 'INTERNAL' : code;
      expect(ended).toEqual([failed(known, 1, { retryable: false }), 1]);
    },
  );

  test('ends the task where the pause outlasts it', async () => {
    const ended = await lanes.play('no time', async ({ start, end }) =>
      end(await start('retried_late', { failures: 9 }, { maxWaitMs: 30_000 })),
    );
    expect(ended).toEqual(failed('UPSTREAM_UNAVAILABLE', 1));
  });
});

describe('a time that runs out', () => {
  test.each([false, true])('is that of an attempt, deaf: %s', async (deaf) => {
    const ended = await lanes.play(`brief ${deaf}`, async ({ start, end }) =>
      end(await start('brief', { ms: 100_000, deaf })),
    );
    expect(ended).toEqual(failed('ATTEMPT_TIMEOUT', 1, { retryable: true }));
  });

  test('is that of the queue', async () => {
    const ended = await queued.play('soon', async ({ start, end }) => end(await start('soon')));
    expect(ended).toEqual(failed('QUEUE_TIMEOUT', null));
  });

  test('is the total, in the queue', async () => {
    const ended = await queued.play('short', async ({ start, end }) => end(await start('short')));
    expect(ended).toEqual(failed('QUEUE_TIMEOUT', null));
  });

  test('is the total, in an attempt', async () => {
    const ended = await lanes.play('short', async ({ start, end }) =>
      end(await start('short', { ms: 100_000 })),
    );
    expect(ended).toEqual(failed('DEADLINE_EXCEEDED', 1));
  });
});

describe('an attempt that is put off', () => {
  test('by an operation that is switched off has run nothing, and comes again', async () => {
    const { client, namespace } = lanes.gateway.connected;
    const fleet = { client, namespace, taskQueue: TEST_QUEUE };
    const order = async (to: 'open' | 'closed') =>
      reportToFleet(fleet, { event: 'set', operation: 'switched', to, reason: 'maintenance' });
    await order('open');
    while (lanes.gateway.breakers.refusal('switched', 'local') === null) await sleep(50);
    const story = lanes.play('switched', async ({ start, end, until, label }) => {
      const task = await start('switched');
      const waits = await until(task, (state) => 'progress' in state && state.progress !== null);
      const before = runs.has(label);
      const { status, ...ended } = await end(task);
      return [waits.state, before, status, 'result' in ended && ended.result];
    });
    await sleep(3_000);
    await order('closed');
    const progress = { fraction: null, message: expect.stringContaining('switched off') };
    expect(await story).toEqual([
      { status: 'processing', attempt: expect.any(Number), progress },
      false,
      'completed',
      'run 1',
    ]);
  });

  test('by the share of its principal has not left the queue', async () => {
    const taskQueue = 'shared';
    await using crowded = await openBothLanes(temporal.address, operations, { taskQueue });
    await using shared = await startTestWorker(crowded.gateway, operations.toRegistry('activity'), {
      taskQueue,
      maxConcurrency: 4,
      runningShare: 0.5,
    });
    expect(shared.isPolling).toBe(true);
    const { tasks } = crowded.gateway;
    const hold = async (label: string) =>
      (await tasks.start(me, { operation: 'plain', parameters: { label, ms: 100_000 } })).task;
    const held = [await hold('hold'), await hold('hold')];
    while ((runs.get('hold')?.length ?? 0) < 2) await sleep(20);
    const story = crowded.play('crowded', async ({ start, end, label }) => {
      const task = await start('plain');
      await sleep(2_500);
      const { state } = await tasks.read(me, task.taskRef);
      const ran = runs.has(label);
      release('hold');
      return [state.status, ran, await end(task)];
    });
    expect(await story).toEqual(['pending', false, completed('run 1', 1)]);
    for (const { taskRef } of held) await tasks.wait(me, taskRef, 60_000);
  });
});

test('an operation that asks is told the lane in which it can', async () => {
  const { tasks } = lanes.gateway;
  const request = { operation: 'plain', parameters: { label: 'asks', asks: true } };
  const { task } = await tasks.start(me, request);
  expect((await tasks.wait(me, task.taskRef, 60_000)).state).toEqual(
    failed('INTERNAL', 1, {
      message:
        'the operation asked for input, which a task in the activity lane cannot wait for: declare it with lane: workflow',
      retryable: false,
    }),
  );
  expect(runs.get('asks')).toHaveLength(1);
});

test('a task whose end its caller wants to be told of is a workflow', async () => {
  const { tasks } = lanes.gateway;
  const request = { operation: 'plain', parameters: { label: 'told' } };
  const { task } = await tasks.start(me, { ...request, callbackUrl: 'http://127.0.0.1:9/end' });
  expect(parseTaskRef(task.taskRef)?.lane).toBe('workflow');
  expect((await tasks.wait(me, task.taskRef, 60_000)).state).toEqual(completed('run 1', 1));
});

test('attempts begin at the rate of their operation', async () => {
  const began = await lanes.play('paced', async ({ start, end, label }) => {
    const tasks = await Promise.all([1, 2, 3, 4].map(async () => start('paced')));
    await Promise.all(tasks.map(end));
    return runs.get(label)!.length;
  });
  expect(began).toBe(4);
  // Both lanes together have one rate, of which a first second may be saved up.
  const all = ['workflow', 'activity'].flatMap((lane) => runs.get(`paced (${lane})`)!);
  expect(Math.max(...all) - Math.min(...all)).toBeGreaterThanOrEqual(5_000);
});

test('progress is that of the attempt that runs', async () => {
  const shown = await lanes.play('watched', async ({ start, until, label }) => {
    const task = await start('retried', { failures: 1, ms: 1_500 });
    const { state } = await until(
      task,
      (now) => now.status === 'processing' && now.progress?.message === 'run 2',
    );
    release(label);
    return state;
  });
  const progress = { fraction: 0.5, message: 'run 2' };
  expect(shown).toEqual({ status: 'processing', attempt: 2, progress });
});

test('large parameters and a large result go through as files', async () => {
  const value = 'large '.repeat(20_000);
  const result = await lanes.play('large', async ({ start, end }) => {
    const ended = await end(await start('plain', { value }));
    const { uri } = (ended as unknown as { result: FileReference }).result;
    return readJson(files, 'local', uri);
  });
  expect(result).toBe(`run 1${value}`);
});

test('an operation that runs one by one does so', async () => {
  const ended = await lanes.play('alone', async ({ start, end, label }) => {
    const started = await Promise.all(
      [1, 2, 3, 4].map((n) => start('alone', { label: `${label} ${n}`, ms: 300 })),
    );
    return Promise.all(started.map(end));
  });
  expect(ended).toEqual(Array.from({ length: 4 }, () => completed('run 1', 1)));
  expect(peaks.get('alone')).toBe(1);
});

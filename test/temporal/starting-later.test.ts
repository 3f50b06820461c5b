// Tasks whose start is put off, on a real server: it keeps them without a worker, and what people do meanwhile has its effect.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const HOUR = 3_600_000;
const ran = new Map<string, number>();

const question = { message: 'Sure?', requestedSchema: { type: 'object', properties: {} } } as const;
const registry = createRegistry(
  ['note', 'ask_first'].map((name) =>
    defineOperation({
      name,
      description: 'for tests',
      input: z.strictObject({ label: z.string() }),
      policy: { totalTimeoutSeconds: 20 },
      askFirst: () => (name === 'ask_first' ? { sure: question } : null),
      run: ({ label }) => {
        ran.set(label, Date.now());
        return label;
      },
    }),
  ),
);
let temporal: TestTemporal;
let gateway: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry, { eager: true });
  worker = await startTestWorker(gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const start = async (label: string, startAfterMs: number, operation = 'note') =>
  gateway.tasks.start(me, {
    operation,
    parameters: { label },
    idempotencyKey: label,
    startAfterMs,
  });

test('it is pending until its time, runs then, and has its whole total from there', async () => {
  const { task } = await start('soon', 3_000);
  const startsAt = task.createdAt + 3_000;
  expect(task).toMatchObject({ startsAt, deadline: startsAt + 20_000 });
  expect(await gateway.tasks.read(me, task.taskRef)).toMatchObject({
    startsAt,
    deadline: task.deadline,
    state: { status: 'pending', workerPresent: null },
  });
  const done = await gateway.tasks.wait(me, task.taskRef, 60_000);
  expect(done).toMatchObject({ startsAt, state: { status: 'completed', result: 'soon' } });
  // The server counts from its own clock, which is this machine's.
  expect(ran.get('soon')).toBeGreaterThanOrEqual(startsAt);
});

test('its policy may be far shorter than the time before it', async () => {
  const { task } = await gateway.tasks.start(me, {
    operation: 'note',
    parameters: { label: 'brief' },
    maxWaitMs: 4_000,
    startAfterMs: 10_000, // behind the total and the backstop of a task that starts at once
  });
  const done = await gateway.tasks.wait(me, task.taskRef, 60_000);
  expect(done.state).toMatchObject({ status: 'completed' });
});

test('a cancel ends it at once, and nothing has run', async () => {
  const { task } = await start('unwanted', 720 * HOUR);
  expect(task.deadline).toBe(task.createdAt + 720 * HOUR + 20_000);
  const { cancellation, task: cancelled } = await gateway.tasks.cancel(me, task.taskRef);
  expect(cancellation).toBe('confirmed');
  expect(cancelled.state).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  expect(ran.has('unwanted')).toBe(false);
});

test('the same key finds it, whatever time is named, and another request is a conflict', async () => {
  const { task } = await start('once', HOUR);
  const again = await start('once', 2 * HOUR);
  expect(again).toMatchObject({ deduplicated: true, task: { startsAt: task.startsAt } });
  const other = { operation: 'note', parameters: { label: 'other' }, idempotencyKey: 'once' };
  await expect(gateway.tasks.start(me, other)).rejects.toMatchObject({
    code: 'IDEMPOTENCY_KEY_CONFLICT',
  });
  await gateway.tasks.cancel(me, task.taskRef);
});

test('questions are asked and answered before it, and it still waits for its time', async () => {
  const { task } = await start('asked', HOUR, 'ask_first');
  expect(task.state).toMatchObject({ status: 'input_required' });
  const answered = await gateway.tasks.provideInput(me, task.taskRef, {
    sure: { action: 'accept', content: {} },
  });
  expect(answered).toMatchObject({
    state: { status: 'pending' },
    deadline: task.createdAt + HOUR + 20_000,
  });
  expect(ran.has('asked')).toBe(false);
  const { cancellation } = await gateway.tasks.cancel(me, task.taskRef);
  expect(cancellation).toBe('confirmed');
});

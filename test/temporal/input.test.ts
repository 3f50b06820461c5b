// Questions of tasks on a real server, asked and answered through gateways.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { InputRequests } from '../../src/contract/input.ts';
import type { Task } from '../../src/contract/task.ts';
import { approval } from '../../src/operations/builtin/approval.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { CALL_LIMITS } from '../../src/temporal/tasks/call-limits.ts';
import { createProvideInput } from '../../src/temporal/tasks/provide-input.ts';
import {
  openTestGateway,
  PATIENT,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const question = (message: string) => ({
  message,
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
});
const registry = createRegistry([
  approval,
  defineOperation({
    name: 'ask_first',
    description: 'for tests',
    input: z.object({ asks: z.boolean() }),
    askFirst: ({ asks }) =>
      asks ? { sure: question('Sure?'), really: question('Really?') } : null,
    run: (_, { inputResponses }) => ({ ...inputResponses }),
  }),
  defineOperation({
    name: 'asks_twice',
    description: 'for tests',
    input: z.object({}),
    policy: { totalTimeoutSeconds: 60 },
    run: (_, { ask }) => {
      ask({ first: question('First?') });
      return Object.keys(ask({ first: question('First?'), second: question('Second?') }));
    },
  }),
  defineOperation({
    name: 'asks_badly',
    description: 'for tests',
    input: z.object({}),
    askFirst: () => ({ 'no key': question('?') }),
    run: () => null,
  }),
]);

let temporal: TestTemporal;
let one: TestGateway;
let other: TestGateway;
/** Does not wait long for a worker to take note. */
let hasty: TestGateway;

beforeAll(async () => {
  temporal = await startTestTemporal();
  one = await openTestGateway(temporal.address, registry);
  other = await openTestGateway(temporal.address, registry);
  hasty = await openTestGateway(temporal.address, registry, { callLimits: CALL_LIMITS });
});

afterAll(async () => {
  await hasty[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const start = async (operation: string, parameters = {}) =>
  (await one.tasks.start(me, { operation, parameters })).task;
const accept = (content: object) => ({ action: 'accept', content }) as never;
const toRequests = ({ state }: Task) => (state.status === 'input_required' ? state.requests : {});
const asking = (requests: InputRequests) => ({ state: { status: 'input_required', requests } });

describe('a task that asks', () => {
  test('ends a wait when it asks, on every gateway, and goes on with the answer', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef, createdAt } = await start('approval', { question: 'Pay 100?' });
    const asked = await one.tasks.wait(me, taskRef, 60_000);
    expect(asked).toMatchObject({
      taskRef,
      createdAt,
      state: {
        status: 'input_required',
        attempt: 1,
        requests: { decision: { message: 'Pay 100?' } },
      },
    });
    expect(asked.deadline).toBeGreaterThan(createdAt + 80_000_000);
    expect(await other.tasks.read(me, taskRef)).toEqual(asked);
    const answers = { decision: accept({ approve: true, comment: 'fine' }) };
    const answered = await other.tasks.provideInput(me, taskRef, answers);
    expect(answered.state.status).not.toBe('input_required');
    expect(answered.deadline).toBeLessThan(asked.deadline);
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject({
      createdAt,
      state: { status: 'completed', result: { approved: true, comment: 'fine' }, attempt: 2 },
    });
    expect(await other.tasks.provideInput(me, taskRef, answers)).toMatchObject({
      state: { status: 'completed' },
    });
  });

  test('refuses an answer that does not fit, and asks on', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef } = await start('approval', { question: 'Pay?' });
    await one.tasks.wait(me, taskRef, 60_000);
    const refused = one.tasks.provideInput(me, taskRef, { decision: accept({ approve: 'yes' }) });
    await expect(refused).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
      details: { issues: [{ path: '/decision/content/approve' }] },
    });
    await one.tasks.provideInput(me, taskRef, { nobody: accept({}) });
    expect(await one.tasks.read(me, taskRef)).toMatchObject({
      state: { status: 'input_required' },
    });
    await one.tasks.provideInput(me, taskRef, { decision: { action: 'decline' } });
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject({
      state: { result: { approved: false, comment: null } },
    });
  });

  test('may ask again, and every wait ends with its question', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef } = await start('asks_twice');
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject(
      asking({ first: question('First?') }),
    );
    await one.tasks.provideInput(me, taskRef, { first: accept({ ok: true }) });
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject(
      asking({ second: question('Second?') }),
    );
    await one.tasks.provideInput(me, taskRef, { second: accept({ ok: true }) });
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject({
      state: { status: 'completed', result: ['first', 'second'], attempt: 3 },
    });
  });

  test('is found in lists, and can be cancelled', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef } = await start('approval', { question: 'Stay?' });
    const asked = await one.tasks.wait(me, taskRef, 60_000);
    const listed = await other.tasks.list(me, { idempotencyKey: asked.idempotencyKey, limit: 1 });
    expect(listed.tasks).toEqual([asked]);
    const filter = { status: 'input_required', operation: 'approval', limit: 100 } as const;
    for (let looks = 0; looks < 1_000; looks += 1) {
      if ((await other.tasks.list(me, filter)).tasks.some((task) => task.taskRef === taskRef))
        break;
      await sleep(100); // visibility lags behind
    }
    expect((await other.tasks.list(me, filter)).tasks).toContainEqual(asked);
    const cancelled = {
      task: { cancelRequested: true, state: { error: { code: 'CANCELLED' } } },
      cancellation: 'confirmed',
    };
    expect(await other.tasks.cancel(me, taskRef)).toMatchObject(cancelled);
    expect(await one.tasks.wait(me, taskRef, 60_000)).toMatchObject(cancelled.task);
  });

  test('is nobody else’s to answer', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef } = await start('approval', { question: 'Mine?' });
    await one.tasks.wait(me, taskRef, 60_000);
    const stranger = { principal: 'stranger' };
    const refused = one.tasks.provideInput(stranger, taskRef, { decision: accept({}) });
    await expect(refused).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

test('an answer to a task that has ended meanwhile is ignored', async () => {
  const asks = await start('ask_first', { asks: true });
  const ended: Task = { ...asks, state: { status: 'completed', result: null, attempt: 1 } };
  const looks = [asks, ended];
  const byRef = async () => ({
    task: looks.shift()!,
    lane: 'workflow' as const,
    workflowId: 'gone',
    runId: '',
    memo: null!,
  });
  const own = { answer: async () => false };
  const provideInput = createProvideInput(one.connected.client, { byRef }, own, PATIENT);
  expect(await provideInput(me, asks.taskRef, { sure: { action: 'decline' } })).toBe(ended);
});

describe('questions before the first attempt', () => {
  test('are asked by the task itself, also when no worker is there, and answers are kept', async () => {
    const task = await start('ask_first', { asks: true });
    const { taskRef } = task;
    const requests = { sure: question('Sure?'), really: question('Really?') };
    expect(task).toMatchObject({ state: { status: 'input_required', attempt: null, requests } });
    expect(await other.tasks.wait(me, taskRef, 60_000)).toMatchObject(asking(requests));
    await hasty.tasks.provideInput(me, taskRef, { sure: accept({ ok: true }) });
    await hasty.tasks.provideInput(me, taskRef, { really: { action: 'decline' } });
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    for (
      let looks = 0;
      (await one.tasks.wait(me, taskRef, 60_000)).expiresAt === null;
      looks += 1
    ) {
      expect(looks).toBeLessThan(10_000);
    }
    expect(await one.tasks.read(me, taskRef)).toMatchObject({
      state: { result: { sure: accept({ ok: true }), really: { action: 'decline' } }, attempt: 1 },
    });
  });

  test('leave the deadline as it was told when some are answered', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { taskRef, deadline } = await start('ask_first', { asks: true });
    await one.tasks.provideInput(me, taskRef, { sure: accept({ ok: true }) });
    let task = await other.tasks.read(me, taskRef);
    for (let looks = 0; looks < 3_000 && 'sure' in toRequests(task); looks += 1) {
      await sleep(20);
      task = await other.tasks.read(me, taskRef);
    }
    expect(toRequests(task)).toEqual({ really: question('Really?') });
    expect(task.deadline).toBe(deadline);
  });

  test('that were answered before the start are not asked again', async () => {
    await using worker = await startTestWorker(one, registry);
    expect(worker.isPolling).toBe(true);
    const { task } = await one.tasks.start(me, {
      operation: 'ask_first',
      parameters: { asks: true },
      inputResponses: { sure: accept({ ok: true }), really: accept({ ok: false }) },
    });
    expect(task.state.status).toBe('pending');
    expect(await one.tasks.wait(me, task.taskRef, 60_000)).toMatchObject({
      state: { status: 'completed', attempt: 1 },
    });
  });

  test('that do not fit are refused, and nothing is started', async () => {
    const request = { operation: 'ask_first', parameters: { asks: true }, idempotencyKey: 'unfit' };
    const refused = one.tasks.start(me, {
      ...request,
      inputResponses: { sure: accept({ ok: 1 }) },
    });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
    const listed = await one.tasks.list(me, { idempotencyKey: 'unfit', limit: 1 });
    expect(listed.tasks).toEqual([]);
    await expect(start('asks_badly')).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

// What callers see while the server is away, answers are lost and workers are killed, on a real server.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/task.ts';
import { CALL_LIMITS } from '../../src/temporal/tasks/call-limits.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { startChild } from '../support/processes/child.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTcpProxy, type TcpProxy } from '../support/peers/tcp-proxy.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

/** How long a start may take to be confirmed. */
const START_MS = 10_000;
/** How long it may take to notice that an attempt has vanished: well below the total, which would end it anyway. */
const NOTICED_MS = 60_000;
/** A slow machine's share. */
const SLACK_MS = 30_000;

const me = { principal: 'local' };
const { registry, runs, release } = createTestOperations();
let temporal: TestTemporal;
let proxy: TcpProxy;
let direct: TestGateway;
/** Reaches the server through the proxy. */
let gateway: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  proxy = await startTcpProxy(temporal.address);
  direct = await openTestGateway(temporal.address, registry);
  gateway = await openTestGateway(proxy.address, registry, {
    startDeadlineMs: START_MS,
    callLimits: CALL_LIMITS,
    hasActivityLane: false, // nothing is asked before the start whose answer is lost
  });
  worker = await startTestWorker(direct, registry);
});

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await direct[Symbol.asyncDispose]();
  await proxy[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const request = (label: string, ms: number, operation = 'work') => ({
  operation,
  parameters: { label, ms },
  idempotencyKey: label,
});

/** The code of a refusal, and how long it took. */
async function refusal(call: () => Promise<unknown>): Promise<{ code: unknown; tookMs: number }> {
  const began = Date.now();
  const [answer] = await Promise.allSettled([call()]);
  const code = answer.status === 'rejected' ? (answer.reason as { code: unknown }).code : 'none';
  return { code, tookMs: Date.now() - began };
}

const isKnown = async (key: string) =>
  (await direct.tasks.list(me, { limit: 1, idempotencyKey: key })).tasks.length > 0;

describe('an answer that is lost', () => {
  test('leaves a start unconfirmed in time, and the same key finds its task', async () => {
    proxy.mute();
    const { code, tookMs } = await refusal(() => gateway.tasks.start(me, request('lost', 1)));
    expect(code).toBe('SUBMISSION_UNCONFIRMED');
    expect(tookMs).toBeLessThan(START_MS + SLACK_MS);
    expect(await isKnown('lost')).toBe(true);
    proxy.cut();
    const again = await gateway.tasks.start(me, request('lost', 1));
    expect(again.deduplicated).toBe(true);
    await gateway.tasks.wait(me, again.task.taskRef, 60_000);
    expect(runs.get('lost')).toBe(1);
  });

  test('in time for the client to ask again is not noticed', async () => {
    proxy.mute();
    const starting = gateway.tasks.start(me, request('asked again', 1));
    while (!(await isKnown('asked again'))) await sleep(20);
    proxy.cut();
    const { task, deduplicated } = await starting;
    expect(deduplicated).toBe(false);
    await gateway.tasks.wait(me, task.taskRef, 60_000);
    expect(runs.get('asked again')).toBe(1);
  });

  test('leaves a read without a state, in time', async () => {
    const { task } = await direct.tasks.start(me, request('unread', 1));
    proxy.mute();
    const { code, tookMs } = await refusal(() => gateway.tasks.read(me, task.taskRef));
    proxy.cut();
    expect(code).toBe('BACKEND_UNAVAILABLE');
    expect(tookMs).toBeLessThan(CALL_LIMITS.readMs + SLACK_MS);
  });

  test('costs a wait nothing but time', async () => {
    const { task } = await direct.tasks.start(me, request('waited for', 2_000));
    const waiting = gateway.tasks.wait(me, task.taskRef, 60_000);
    await sleep(500);
    proxy.cut();
    expect(await waiting).toMatchObject({ state: { status: 'completed', result: 'waited for' } });
  });
});

test('a server that is killed is away, and everything goes on when it is back', async () => {
  const { task } = await gateway.tasks.start(
    me,
    request('over the crash', 110_000, 'work_in_silence'),
  );
  const reported: Progress[] = [];
  const waiting = gateway.tasks.wait(me, task.taskRef, 110_000, (one) => reported.push(one));
  while (reported.length === 0) await sleep(50);
  await temporal.kill();

  const key = request('during the crash', 1);
  const [start, read, list, cancel] = await Promise.all([
    refusal(() => gateway.tasks.start(me, key)),
    refusal(() => gateway.tasks.read(me, task.taskRef)),
    refusal(() => gateway.tasks.list(me, { limit: 1 })),
    refusal(() => gateway.tasks.cancel(me, task.taskRef)),
  ]);
  expect(['SUBMISSION_UNCONFIRMED', 'BACKEND_UNAVAILABLE']).toContain(start.code);
  expect(start.tookMs).toBeLessThan(START_MS + SLACK_MS);
  for (const { code, tookMs } of [read, list, cancel]) {
    expect(code).toBe('BACKEND_UNAVAILABLE');
    expect(tookMs).toBeLessThan(CALL_LIMITS.readMs + SLACK_MS);
  }
  expect(await gateway.connected.isAlive()).toBe(false);

  await temporal.restart();
  while (!(await gateway.connected.isAlive())) await sleep(50);
  expect((await gateway.tasks.read(me, task.taskRef)).createdAt).toBe(task.createdAt);
  const again = await gateway.tasks.start(me, key);
  const done = await gateway.tasks.wait(me, again.task.taskRef, 60_000);
  expect(done).toMatchObject({ state: { status: 'completed', attempt: 1 } });
  expect(runs.get('during the crash')).toBe(1);
  release('over the crash');
  expect(await waiting).toMatchObject({ state: { status: 'completed', result: 'over the crash' } });
  expect(runs.get('over the crash')).toBe(1);
});

test('a worker that is killed leaves its tasks to another: idempotent ones run again, others have no known outcome', async () => {
  const queue = 'killed';
  await using elsewhere = await openTestGateway(temporal.address, registry, { taskQueue: queue });
  await using killed = startChild(new URL('worker-process.ts', import.meta.url), [
    temporal.address,
    queue,
  ]);
  expect(await killed.line()).toBe('ready');
  const started = [
    await elsewhere.tasks.start(me, request('unsafe', 110_000)),
    await elsewhere.tasks.start(me, request('safe', 110_000, 'work_again')),
  ];
  expect([await killed.line(), await killed.line()].toSorted()).toEqual(['safe', 'unsafe']);
  killed.kill('SIGKILL');
  const killedAt = Date.now();
  await killed.exit;

  release('safe');
  await using next = await startTestWorker(direct, registry, { taskQueue: queue });
  expect(next.isPolling).toBe(true);
  const [unsafe, safe] = await Promise.all(
    started.map(({ task }) => elsewhere.tasks.wait(me, task.taskRef, 110_000)),
  );
  expect(unsafe).toMatchObject({
    state: { status: 'failed', error: { code: 'OUTCOME_UNKNOWN', retryable: false }, attempt: 1 },
  });
  expect(unsafe!.updatedAt - killedAt).toBeLessThan(NOTICED_MS);
  expect(safe).toMatchObject({ state: { status: 'completed', result: 'safe', attempt: 2 } });
  expect(safe!.updatedAt - killedAt).toBeLessThan(NOTICED_MS + SLACK_MS);
  expect(runs.has('unsafe')).toBe(false);
  expect(runs.get('safe')).toBe(1);
  const open = await elsewhere.tasks.list(me, { limit: 100, status: 'processing' });
  expect(open.tasks).toEqual([]);
});

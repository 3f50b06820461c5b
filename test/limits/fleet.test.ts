// Limits of two gateways over one real server. No worker runs: tasks end when the test ends them.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { OperationError } from '../../src/contract/errors.ts';
import type { Started } from '../../src/tasks/service.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import { openTestGateway, type TestGateway } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const NO_LIMIT = {
  openTasks: null,
  startsPerSecond: null,
  startBurst: null,
  concurrentWaits: null,
};
const limits = {
  ...NO_LIMIT,
  openTasks: 3,
  concurrentWaits: 1,
  operations: {
    echo: { ...NO_LIMIT, openTasks: 1 },
    job: { ...NO_LIMIT, startsPerSecond: 1, startBurst: 1 },
  },
};
const { registry } = createTestOperations();
let temporal: TestTemporal;
let one: TestGateway;
let other: TestGateway;

beforeAll(async () => {
  temporal = await startTestTemporal();
  one = await openTestGateway(temporal.address, registry, { limits });
  other = await openTestGateway(temporal.address, registry, { limits });
});

afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const work = (label: string) => ({
  operation: 'work',
  parameters: { label, ms: 10 },
  idempotencyKey: label,
});

async function refusalOf(call: Promise<unknown>): Promise<OperationError> {
  return call.then(
    () => {
      throw new Error('it was not refused');
    },
    (thrown: unknown) => thrown as OperationError,
  );
}

/** Repeats a start as its refusals say. */
async function startAsTold(
  gateway: TestGateway,
  principal: string,
  label: string,
): Promise<Started> {
  for (;;) {
    try {
      return await gateway.tasks.start({ principal }, work(label));
    } catch (thrown) {
      const { code, retryAfterMs } = thrown as OperationError;
      if (code !== 'RATE_LIMITED') throw thrown;
      await sleep(retryAfterMs);
    }
  }
}

/** Waits until Temporal shows so many open tasks: on a slow machine that lags more than a count allows for. */
async function untilShown({ tasks }: TestGateway, principal: string, count: number): Promise<void> {
  const shown = async () =>
    (await tasks.list({ principal }, { limit: 10, status: 'pending' })).tasks.length;
  while ((await shown()) < count) await sleep(100);
}

async function end({ connected }: TestGateway, principal: string, key: string): Promise<void> {
  await connected.client.workflow.getHandle(`${principal}:${key}`).terminate('by the test');
}

describe('open tasks', () => {
  test('of a principal are as many as are allowed; a repeated call is answered all the same', async () => {
    const me = { principal: 'full' };
    const started = await Promise.all(
      ['a', 'b', 'c'].map(async (label) => one.tasks.start(me, work(label))),
    );
    await untilShown(one, 'full', 3);
    const refusal = await refusalOf(one.tasks.start(me, work('d')));
    expect(refusal).toMatchObject({
      code: 'RATE_LIMITED',
      retryAfterMs: 3_000,
      details: { limit: 'open_tasks', allowed: 3 },
    });
    const again = await one.tasks.start(me, work('a'));
    expect(again.deduplicated).toBe(true);
    expect(again.task.taskRef).toBe(started[0]?.task.taskRef);
    const conflict = { ...work('z'), idempotencyKey: 'a' };
    expect(await refusalOf(one.tasks.start(me, conflict))).toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
    });
    await expect(one.tasks.start({ principal: 'calm' }, work('a'))).resolves.toMatchObject({
      deduplicated: false,
    });
  });

  test('of an operation are counted by themselves', async () => {
    const me = { principal: 'echoes' };
    const echo = { operation: 'echo', parameters: { value: 1 } };
    await one.tasks.start(me, echo);
    await untilShown(one, 'echoes', 1);
    expect(await refusalOf(one.tasks.start(me, echo))).toMatchObject({
      code: 'RATE_LIMITED',
      details: { limit: 'open_tasks', allowed: 1, operation_type: 'echo' },
    });
    await expect(one.tasks.start(me, work('a'))).resolves.toBeDefined();
  });

  test('that end leave room at once where that is seen, and elsewhere after the time that was told', async () => {
    const me = { principal: 'ending' };
    const [first] = await Promise.all(
      ['a', 'b', 'c'].map(async (label) => one.tasks.start(me, work(label))),
    );
    await untilShown(one, 'ending', 3);
    await refusalOf(one.tasks.start(me, work('d')));
    await end(one, 'ending', 'a');
    await one.tasks.read(me, first!.task.taskRef);
    await expect(one.tasks.start(me, work('d'))).resolves.toMatchObject({ deduplicated: false });
    await end(one, 'ending', 'b');
    await expect(startAsTold(one, 'ending', 'e')).resolves.toMatchObject({ deduplicated: false });
  });

  test('of another gateway count, too', async () => {
    const me = { principal: 'two-doors' };
    for (const label of ['a', 'b', 'c']) await one.tasks.start(me, work(label));
    await untilShown(one, 'two-doors', 3);
    const settled = Date.now() + 2_500; // until then a count leaves them out
    let started = 0;
    for (let refused = false; !refused;) {
      await sleep(Math.max(1_500, settled - Date.now()));
      const start = other.tasks.start(me, work(`other-${started}`));
      refused = await start.then(
        () => false,
        () => true,
      );
      started += refused ? 0 : 1;
    }
    expect(started).toBeLessThan(limits.openTasks);
  });
});

test('a start too many is told when the next one can be, and that holds', async () => {
  const me = { principal: 'quick' };
  const job = { operation: 'job', parameters: { ms: 10 } };
  const [first, second] = await Promise.allSettled([
    one.tasks.start(me, job),
    one.tasks.start(me, job),
  ]);
  expect(first.status).toBe('fulfilled');
  const { code, retryAfterMs, details } = (second as PromiseRejectedResult)
    .reason as OperationError;
  expect({ code, details }).toEqual({
    code: 'RATE_LIMITED',
    details: { limit: 'starts_per_second', allowed: 1, operation_type: 'job' },
  });
  await sleep(retryAfterMs! + 2); // timers may be early
  await expect(one.tasks.start(me, job)).resolves.toBeDefined();
});

test('a wait too many is refused until another ends', async () => {
  const me = { principal: 'patient' };
  const { task } = await one.tasks.start(me, work('a'));
  const leaving = new AbortController();
  const waiting = one.tasks.wait({ ...me, signal: leaving.signal }, task.taskRef, 50_000);
  const refusal = await refusalOf(one.tasks.wait(me, task.taskRef, 10_000));
  expect(refusal).toMatchObject({
    code: 'RATE_LIMITED',
    details: { limit: 'concurrent_waits', allowed: 1 },
  });
  expect(refusal.retryAfterMs).toBeLessThanOrEqual(50_000);
  await expect(one.tasks.wait(me, task.taskRef, 0)).resolves.toMatchObject({
    state: { status: 'pending' },
  });
  leaving.abort();
  await waiting;
  await expect(one.tasks.wait(me, task.taskRef, 10)).resolves.toMatchObject({
    state: { status: 'pending' },
  });
});

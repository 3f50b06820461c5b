// Circuit breakers on a real server, before a real upstream that fails and heals: two workers and two gateways, each with a
// connection of its own, as in processes of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listBreakers, orderBreaker, type BreakerOrder } from '../../src/commands/breakers.ts';
import type { Task } from '../../src/contract/task.ts';
import { defineHttpOperation } from '../../src/operations/kinds/http/operation.ts';
import type { PolicyOptions } from '../../src/operations/policy.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import { reportToFleet } from '../../src/temporal/breaker/shared.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import {
  openTestGateway,
  startTestWorker,
  TEST_QUEUE,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { createTestContext, type TestContext } from '../support/processes/command-context.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';

const me = { principal: 'local' };
const parameters = {};
/** How long a circuit stays open, in milliseconds: all that is looked at while it is open must fit in. */
const OPEN_MS = 25_000;

let temporal: TestTemporal;
let upstream: FakeUpstream;
let registry: Registry;
let one: TestGateway;
let other: TestGateway;
let workers: RunningWorker[];
/** Operations whose upstream fails. */
const sick = new Set<string>();

beforeAll(async () => {
  temporal = await startTestTemporal();
  upstream = await startFakeUpstream(({ path }) =>
    sick.has(path.slice(1)) ? 503 : { body: { path } },
  );
  const define = (name: string, policy: PolicyOptions = {}) =>
    defineHttpOperation(name, {
      kind: 'http',
      description: 'for tests',
      request: { method: 'POST', url: `${upstream.url}/${name}` },
      policy: {
        totalTimeoutSeconds: 170,
        breakerFailures: 2,
        breakerOpenSeconds: OPEN_MS / 1_000,
        ...policy,
      },
    });
  const report = defineHttpOperation('report', {
    kind: 'http',
    description: 'for tests',
    request: { method: 'GET', url: `${upstream.url}/report-{id}` },
    input: { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    policy: { totalTimeoutSeconds: 170, breakerFailures: 4, breakerOpenSeconds: 60 },
  });
  registry = createRegistry([define('refund'), define('ordered'), define('free'), report]);
  one = await openTestGateway(temporal.address, registry);
  other = await openTestGateway(temporal.address, registry);
  workers = [await startTestWorker(one, registry), await startTestWorker(other, registry)];
});

afterAll(async () => {
  await Promise.all(workers.map(async (worker) => worker.stop()));
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const start = async (gateway: TestGateway, operation: string, idempotencyKey?: string) =>
  gateway.tasks.start(me, {
    operation,
    parameters,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  });

/** Waits until something is so; fails loudly when it never is. */
const until = async (isSo: () => boolean, meanwhile = async () => sleep(50)): Promise<void> => {
  for (let looks = 0; looks < 3_000; looks += 1) {
    if (isSo()) return;
    await meanwhile();
  }
  throw new Error('it never came so');
};

const isRefused = (operation: string) =>
  [one, other].every(({ tasks }) => tasks.refusal(me, operation));
const isAccepted = (operation: string) =>
  [one, other].every(({ tasks }) => tasks.refusal(me, operation) === null);

const callsOf = (operation: string): readonly number[] => {
  const keys = upstream.requests
    .filter(({ path }) => path === `/${operation}`)
    .map(({ idempotencyKey }) => idempotencyKey);
  return [...new Set(keys)].map((key) => keys.filter((other) => other === key).length);
};

const order = async (operation: string, to: 'open' | 'closed' | 'auto') => {
  const { client, namespace } = one.connected;
  const fleet = { client, namespace, taskQueue: TEST_QUEUE };
  await reportToFleet(fleet, { event: 'set', operation, to, reason: 'maintenance' });
};

test('an upstream that fails is left alone, and tasks wait until it is well again', async () => {
  sick.add('refund');
  const started: Task[] = [];
  await until(
    () => isRefused('refund'),
    async () => {
      await start(one, 'refund', `refund-${started.length}`).then(
        ({ task }) => started.push(task),
        () => undefined,
      );
      await sleep(50);
    },
  );
  await using later = await openTestGateway(temporal.address, registry);
  await until(() => later.tasks.refusal(me, 'refund') !== null);
  for (const gateway of [one, other, later]) {
    await expect(start(gateway, 'refund', 'refund-new')).rejects.toMatchObject({
      code: 'CIRCUIT_OPEN',
      message: expect.stringMatching(/nothing was started/),
    });
    expect(gateway.tasks.refusal(me, 'refund')!.retryAfterMs).toBeGreaterThan(0);
    expect(gateway.tasks.refusal(me, 'refund')!.retryAfterMs).toBeLessThanOrEqual(OPEN_MS);
    expect(await start(gateway, 'refund', 'refund-0')).toMatchObject({ deduplicated: true });
  }
  expect(await start(one, 'free')).toMatchObject({ deduplicated: false });
  sick.delete('refund');
  await until(() => isAccepted('refund'));
  const { task } = await start(other, 'refund', 'refund-last');
  const ended = await Promise.all(
    [...started, task].map(async ({ taskRef }) => one.tasks.wait(me, taskRef, 170_000)),
  );
  const ends = ended.map(({ state }) =>
    state.status === 'failed' ? state.error.code : state.status,
  );
  expect(new Set(ends)).toEqual(new Set(['UPSTREAM_UNAVAILABLE', 'completed']));
  expect(ends.at(-1)).toBe('completed');
  // What was put off has not run, so nothing ran twice.
  expect(new Set(callsOf('refund'))).toEqual(new Set([1]));
  expect(callsOf('refund')).toHaveLength(ended.length);
});

test('an operator switches an operation off and on for all', async () => {
  await order('ordered', 'open');
  await until(() => isRefused('ordered'));
  const refused = start(other, 'ordered');
  await expect(refused).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    message: expect.stringMatching(/operator \(maintenance\)/),
    retryAfterMs: undefined,
  });
  await order('ordered', 'closed');
  await until(() => isAccepted('ordered'));
  sick.add('ordered');
  for (let count = 0; count < 6; count += 1) {
    const { task } = await start(one, 'ordered', `ordered-${count}`);
    const { state } = await one.tasks.wait(me, task.taskRef, 120_000);
    expect(state).toMatchObject({ status: 'failed', error: { code: 'UPSTREAM_UNAVAILABLE' } });
  }
  await order('ordered', 'auto');
  await until(
    () => isRefused('ordered'),
    async () => {
      await start(one, 'ordered').catch(() => undefined);
      await sleep(100);
    },
  );
});

test('the commands show and order what the gateways obey', async () => {
  await using workspace = await createWorkspace({
    'longhaul.config.yaml': [
      'builtins: false',
      `temporal: { taskQueue: ${TEST_QUEUE} }`,
      'operations:',
      '  refund:',
      '    kind: http',
      '    description: for tests',
      `    request: { method: POST, url: "${upstream.url}/refund" }`,
      '    policy: { breakerFailures: 2 }',
      '  plain:',
      '    kind: http',
      '    description: for tests',
      `    request: { method: GET, url: "${upstream.url}/plain" }`,
    ].join('\n'),
  });
  const run = async (command: (context: TestContext) => Promise<number>) => {
    const context = createTestContext(workspace.directory, { TEMPORAL_ADDRESS: temporal.address });
    const code = await command(context);
    return { code, output: context.output(), errors: context.errors() };
  };
  const give = async (operation: string, to: BreakerOrder) =>
    run(async (context) => orderBreaker(context, operation, to, { reason: 'audit' }));
  const show = async () => {
    const { output } = await run(async (context) => listBreakers(context, { json: true }));
    return JSON.parse(output) as object;
  };
  const closed = {
    operation_type: 'refund',
    principal: null,
    state: 'closed',
    by: null,
    since: null,
    until: null,
    reason: null,
  };

  expect(await show()).toEqual({ breakers: [closed] });
  expect(await give('plain', 'open')).toEqual({
    code: 2,
    output: '',
    errors: expect.stringMatching(/plain has no circuit breaker.*refund/),
  });
  expect(await give('refund', 'open')).toMatchObject({
    code: 0,
    output: expect.stringMatching(/refund +- +open +operator .* audit/),
    errors: '',
  });
  await until(() => isRefused('refund'));
  expect(await show()).toMatchObject({
    breakers: [{ state: 'open', by: 'operator', since: expect.any(String), reason: 'audit' }],
  });
  expect(await give('refund', 'auto')).toMatchObject({ code: 0, errors: '' });
  await until(() => isAccepted('refund'));
  expect(await show()).toEqual({ breakers: [closed] });
});

test('a caller whose parameters the upstream cannot bear is switched off alone, and several are the upstream', async () => {
  sick.add('report-bad');
  const begin = async (gateway: TestGateway, principal: string, id: string) =>
    gateway.tasks.start({ principal }, { operation: 'report', parameters: { id } });
  const ask = async (gateway: TestGateway, principal: string, id: string) => {
    const { task } = await begin(gateway, principal, id);
    const { state } = await gateway.tasks.wait({ principal }, task.taskRef, 120_000);
    return state.status === 'failed' ? state.error.code : state.status;
  };
  const isOff = (principal: string) =>
    [one, other].map(({ tasks }) => tasks.refusal({ principal }, 'report') !== null);
  const untilOff = async (principal: string, failing: readonly string[]) =>
    until(
      () => isOff(principal).every(Boolean),
      async () => {
        for (const caller of failing) await begin(one, caller, 'bad').catch(() => undefined);
        await sleep(50);
      },
    );
  await untilOff('alice', ['alice']);
  expect(isOff('bob')).toEqual([false, false]);
  await expect(begin(other, 'alice', 'good')).rejects.toMatchObject({
    code: 'CIRCUIT_OPEN',
    message: expect.stringMatching(/for this caller/),
  });
  expect(await ask(one, 'bob', 'good')).toBe('completed');
  expect(await ask(other, 'bob', 'bad')).toBe('UPSTREAM_UNAVAILABLE');
  expect(isOff('bob')).toEqual([false, false]);
  await untilOff('dave', ['bob', 'carol']);
  await expect(begin(one, 'dave', 'good')).rejects.toMatchObject({ code: 'CIRCUIT_OPEN' });
});

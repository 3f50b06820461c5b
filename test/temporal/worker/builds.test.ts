// A rolling deploy by builds of workers, on a real server: a workflow that a build has begun stays with it, what begins later is the next
// one's, and so is the next attempt of a standalone activity.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { TaskState } from '../../../src/contract/task.ts';
import { OperationError } from '../../../src/contract/errors.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { makeCurrent } from '../../support/temporal/make-current.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';

const me = { principal: 'local' };
const LIMIT_MS = 120_000;
const DEPLOYMENT = 'longhaul';

let temporal: TestTemporal;
let gateway: TestGateway;
/** A connection of its own, as in a process of its own: one client has no two workers of a queue. */
let other: TestGateway;
/** Opened when first attempts run in both lanes. */
let begun = createGate(2);
/** A first attempt fails when it is opened. */
let released = createGate();

/** Opened by so many. */
function createGate(left = 1): { readonly open: () => void; readonly opened: Promise<void> } {
  let resolveOpened = (): void => undefined;
  const opened = new Promise<void>((resolve) => (resolveOpened = resolve));
  const open = (): void => {
    left -= 1;
    if (left === 0) resolveOpened();
  };
  return { open, opened };
}

/** The operation as a build has it: its first attempt fails, its second says which build ran it. */
function registryOf(buildId: string) {
  return createRegistry([
    defineOperation({
      name: 'one_at_a_time',
      description: 'for tests',
      input: z.looseObject({}),
      policy: { concurrency: 1, totalTimeoutSeconds: 100, queueTimeoutSeconds: 100 },
      run: async () => Promise.resolve(buildId),
    }),
    ...(['workflow', 'activity'] as const).map((lane) =>
      defineOperation({
        name: `${lane}_build`,
        lane,
        description: 'for tests',
        input: z.looseObject({}),
        policy: { retryAttempts: 1, retryInitialIntervalMs: 100 },
        run: async (_, { attempt }) => {
          if (attempt > 1) return buildId;
          begun.open();
          await released.opened;
          throw new OperationError('UPSTREAM_UNAVAILABLE', 'not yet');
        },
      }),
    ),
  ]);
}

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registryOf('gateway'));
  other = await openTestGateway(temporal.address, registryOf('other'));
}, LIMIT_MS);

afterAll(async () => {
  await other[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const startBuild = async (buildId: string, process: TestGateway) =>
  startTestWorker(process, registryOf(buildId), {
    build: { buildId, deploymentName: DEPLOYMENT },
    shutdownGraceMs: 20_000,
  });

async function start(key: string, operation: string): Promise<string> {
  const request = { operation, parameters: {}, idempotencyKey: key };
  return (await gateway.tasks.start(me, request)).task.taskRef;
}

async function end(taskRef: string): Promise<TaskState> {
  return (await gateway.tasks.wait(me, taskRef, LIMIT_MS)).state;
}

test('a workflow stays with the build that began it; the next task, and the next attempt of an activity, goes to the current build', async () => {
  await using first = await startBuild('1', gateway);
  await makeCurrent(gateway.connected.client, DEPLOYMENT, '1');
  const before = await start('alone-before', 'one_at_a_time');
  expect(await end(before)).toMatchObject({ status: 'completed', result: '1' });
  const startBoth = async (key: string) =>
    Promise.all([
      start(`${key}-workflow`, 'workflow_build'),
      start(`${key}-activity`, 'activity_build'),
    ]);
  const old = await startBoth('old');
  await begun.opened;
  await using second = await startBuild('2', other);
  await makeCurrent(gateway.connected.client, DEPLOYMENT, '2');
  released.open();
  // A standalone activity has no version: where its attempt runs is decided for each.
  expect(await Promise.all(old.map(end))).toMatchObject([
    { status: 'completed', result: '1', attempt: 2 },
    { status: 'completed', result: '2', attempt: 2 },
  ]);
  [begun, released] = [createGate(2), createGate()];
  const later = await startBoth('later');
  await begun.opened;
  await first.stop();
  released.open();
  const onSecond = { status: 'completed', result: '2', attempt: 2 };
  expect(await Promise.all(later.map(end))).toMatchObject([onSecond, onSecond]);
  expect(second.isPolling).toBe(true);
  // The right to run one at a time is handed on, too.
  const alone = await start('alone', 'one_at_a_time');
  expect(await end(alone)).toMatchObject({ status: 'completed', result: '2' });
});

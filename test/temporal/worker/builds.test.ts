// A rolling deploy by builds of workers, on a real server: what a build has begun stays with it, what begins later is the next one's.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';

const me = { principal: 'local' };
const LIMIT_MS = 120_000;
const DEPLOYMENT = 'longhaul';

let temporal: TestTemporal;
let gateway: TestGateway;
/** A connection of its own, as in a process of its own: one client has no two workers of a queue. */
let other: TestGateway;
/** Opened when a first attempt runs. */
let begun = createGate();
/** A first attempt fails when it is opened. */
let released = createGate();

function createGate(): { readonly open: () => void; readonly opened: Promise<void> } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
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
    defineOperation({
      name: 'which_build',
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

/** What an operator does once the workers of a build are there. */
async function makeCurrent(buildId: string): Promise<void> {
  const { client, namespace } = gateway.connected;
  for (;;) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({
        ...{ namespace, deploymentName: DEPLOYMENT, buildId, identity: 'an operator' },
      });
      return;
    } catch (failure) {
      // The server learns of a build from its first polls.
      if (!/not found|no worker deployment/i.test((failure as Error).message)) throw failure;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

async function start(key: string, operation = 'which_build'): Promise<string> {
  const request = { operation, parameters: {}, idempotencyKey: key };
  return (await gateway.tasks.start(me, request)).task.taskRef;
}

async function end(taskRef: string) {
  return (await gateway.tasks.wait(me, taskRef, LIMIT_MS)).state;
}

test('a task stays with the build that began it, and the next one goes to the current build', async () => {
  await using first = await startBuild('1', gateway);
  await makeCurrent('1');
  const before = await start('alone-before', 'one_at_a_time');
  expect(await end(before)).toMatchObject({ status: 'completed', result: '1' });
  const old = await start('old');
  await begun.opened;
  await using second = await startBuild('2', other);
  await makeCurrent('2');
  released.open();
  expect(await end(old)).toMatchObject({ status: 'completed', result: '1', attempt: 2 });
  [begun, released] = [createGate(), createGate()];
  const later = await start('later');
  await begun.opened;
  await first.stop();
  released.open();
  expect(await end(later)).toMatchObject({ status: 'completed', result: '2', attempt: 2 });
  expect(second.isPolling).toBe(true);
  // The right to run one at a time is handed on, too.
  const alone = await start('alone', 'one_at_a_time');
  expect(await end(alone)).toMatchObject({ status: 'completed', result: '2' });
});

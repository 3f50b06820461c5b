// Limits that hold for all workers together, counted at a real upstream: two workers, each with a connection of its own, as
// in processes of their own.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { defineHttpOperation } from '../../src/operations/kinds/http/operation.ts';
import type { Operation } from '../../src/operations/operation.ts';
import type { PolicyOptions } from '../../src/operations/policy.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';

const me = { principal: 'local' };
/** How long the upstream takes, in milliseconds. */
const WORK_MS = 150;

let temporal: TestTemporal;
let upstream: FakeUpstream;
let registry: Registry;
let gateways: [TestGateway, TestGateway];
let workers: [RunningWorker, RunningWorker];

const arrivals = new Map<string, number[]>();
const busy = new Map<string, number>();
const busiest = new Map<string, number>();

const countOf = (path: string): number => arrivals.get(path)?.length ?? 0;

const startWorkerOn = async (gateway: TestGateway) =>
  startTestWorker(gateway, registry, { shutdownGraceMs: 60_000 });

beforeAll(async () => {
  temporal = await startTestTemporal();
  upstream = await startFakeUpstream(async ({ path }) => {
    arrivals.set(path, [...(arrivals.get(path) ?? []), Date.now()]);
    busy.set(path, (busy.get(path) ?? 0) + 1);
    busiest.set(path, Math.max(busiest.get(path) ?? 0, busy.get(path)!));
    // On a slow machine, too, the second comes while the first is there, and a third had time to come.
    if (path === '/narrow') while (countOf(path) < 2) await sleep(10);
    await sleep(WORK_MS);
    busy.set(path, busy.get(path)! - 1);
    return { body: { path } };
  });
  const define = (name: string, policy: PolicyOptions): Operation =>
    defineHttpOperation(name, {
      kind: 'http',
      description: 'for tests',
      idempotent: true,
      request: { method: 'POST', url: `${upstream.url}/${name}` },
      policy: { totalTimeoutSeconds: 170, ...policy },
    });
  registry = createRegistry([
    define('narrow', { concurrency: 2 }),
    define('handed', { concurrency: 1 }),
    define('slow', { ratePerSecond: 5 }),
  ]);
  const open = async () => openTestGateway(temporal.address, registry);
  gateways = [await open(), await open()];
  workers = [await startWorkerOn(gateways[0]), await startWorkerOn(gateways[1])];
});

afterAll(async () => {
  await Promise.all(workers.map(async (worker) => worker.stop()));
  for (const gateway of gateways) await gateway[Symbol.asyncDispose]();
  await upstream[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const startMany = async (operation: string, count: number): Promise<string[]> => {
  const { tasks } = gateways[0];
  const started = await Promise.all(
    Array.from({ length: count }, async () => tasks.start(me, { operation, parameters: {} })),
  );
  return started.map(({ task }) => task.taskRef);
};

const awaitAll = async (taskRefs: readonly string[]): Promise<void> => {
  const { tasks } = gateways[0];
  const ended = await Promise.all(
    taskRefs.map(async (taskRef) => tasks.wait(me, taskRef, 170_000)),
  );
  expect(ended.filter(({ state }) => state.status !== 'completed')).toEqual([]);
};

test('no more attempts than its concurrency run at once in the whole fleet', async () => {
  await awaitAll(await startMany('narrow', 12));
  expect(arrivals.get('/narrow')).toHaveLength(12);
  expect(busiest.get('/narrow')).toBe(2);
});

test('when the worker that runs them stops, another goes on, and still there are no more', async () => {
  const taskRefs: string[] = [];
  for (const at of [0, 1] as const) {
    const before = countOf('/handed');
    taskRefs.push(...(await startMany('handed', 5)));
    for (let looks = 0; countOf('/handed') === before && looks < 2_000; looks += 1) {
      await sleep(50);
    }
    await workers[at].stop();
    workers[at] = await startWorkerOn(gateways[at]);
  }
  await awaitAll(taskRefs);
  expect(countOf('/handed')).toBe(10);
  expect(busiest.get('/handed')).toBe(1);
});

test('attempts begin at the rate of the operation, whichever worker runs them', async () => {
  await awaitAll(await startMany('slow', 25));
  const times = arrivals.get('/slow') ?? [];
  expect(times).toHaveLength(25);
  // Temporal lets about two seconds' worth through at first.
  expect(times.at(-1)! - times[0]!).toBeGreaterThan(2_000);
});

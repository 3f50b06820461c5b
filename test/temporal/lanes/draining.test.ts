// A worker that is asked to stop while attempts of both lanes run and others wait, as in a rolling deploy.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { startTestWorker } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { completed, openBothLanes, type BothLanes } from './both-lanes.ts';
import { createLaneOperations } from './lane-operations.ts';

const operations = createLaneOperations();
const { runs, release } = operations;
const registry = operations.toRegistry('activity');
let temporal: TestTemporal;
let lanes: BothLanes;

beforeAll(async () => {
  temporal = await startTestTemporal();
  lanes = await openBothLanes(temporal.address, operations);
});

afterAll(async () => {
  await lanes[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

test('takes nothing new, and ends with its last attempt', async () => {
  const first = await startTestWorker(lanes.gateway, registry, {
    maxConcurrency: 2,
    shutdownGraceMs: 100_000,
  });
  let hasEnded = false;
  let ending: Promise<void> | null = null;
  let next: Promise<RunningWorker> | null = null;
  const replace = async () => {
    ending = first.stop().then(() => {
      hasEnded = true;
    });
    return startTestWorker(lanes.gateway, registry);
  };
  const states = await lanes.play('drained', async ({ start, end, label }) => {
    const running = await start('unsafe', { ms: 100_000 });
    while (!['workflow', 'activity'].every((lane) => runs.has(`drained (${lane})`))) {
      await sleep(20);
    }
    const waiting = await start('unsafe', { label: `waiting ${label}` });
    await (next ??= replace());
    const taken = await end(waiting);
    expect(hasEnded).toBe(false);
    release(label);
    return [taken, await end(running), runs.get(label)?.length];
  });
  expect(states).toEqual([completed('run 1', 1), completed('run 1', 1), 1]);
  await ending!;
  await (await next!).stop();
});

// Starting workflows of others: once for each task, and in namespaces that a profile of temporal.toml names.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Worker } from '@temporalio/worker';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TargetPlan, Targets } from '../../../src/operations/targets.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { countPollers } from '../../../src/temporal/follow/queue.ts';
import { createTargets } from '../../../src/temporal/follow/targets.ts';
import { findWorkflowTypes } from '../../../src/temporal/operator/workflow-types.ts';
import { runWorker, type RunningWorker } from '../../../src/temporal/worker/running-worker.ts';
import { bundleWorkflows } from '../../support/runner/workflow-bundle.ts';
import { openTestGateway, type TestGateway } from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import {
  startUnwillingTemporal,
  type UnwillingTemporal,
} from '../../support/peers/unwilling-temporal.ts';
import { LIMIT_MS, openNamespace } from './followed-tasks.ts';

const THEIRS = 'their-namespace';

let temporal: TestTemporal;
let gateway: TestGateway;
let workers: readonly RunningWorker[];
let targets: Targets;
let forbidding: UnwillingTemporal;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, createRegistry([]));
  const { connection } = gateway.connected;
  await openNamespace(gateway, THEIRS);
  forbidding = await startUnwillingTemporal('PERMISSION_DENIED');
  const file = join(temporal.dataDirectory, 'temporal.toml');
  await writeFile(
    file,
    [
      `[profile.theirs]\naddress = "${temporal.address}"\nnamespace = "${THEIRS}"\n`,
      `[profile.forbidden]\naddress = "${forbidding.address}"\nnamespace = "vault"\n`,
    ].join('\n'),
  );
  targets = createTargets(gateway.connected, {
    TEMPORAL_CONFIG_FILE: file,
    TEMPORAL_ADDRESS: 'nowhere:1', // of Longhaul itself, and none of the profile's business
  });
  const workflowBundle = await bundleWorkflows('test/temporal/follow/orders.ts');
  const create = async (namespace: string) =>
    runWorker(
      await Worker.create({
        ...{ connection, namespace, taskQueue: 'orders' },
        workflowBundle,
      }),
    );
  workers = [await create('default'), await create(THEIRS)];
}, LIMIT_MS);

afterAll(async () => {
  await Promise.all(workers.map(async (worker) => worker.stop()));
  await targets[Symbol.asyncDispose]();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
  await forbidding[Symbol.asyncDispose]();
});

const plan = (workflowId: string, more: Partial<TargetPlan> = {}): TargetPlan => ({
  type: 'waitFor',
  taskQueue: 'orders',
  workflowId,
  args: [1, 'done'],
  joins: false,
  ...more,
});
const task = (name: string) => ({
  task_ref: `${name}.ref`,
  idempotency_key: `key of ${name}`,
  runId: `run of ${name}`,
});
const following = (signal = AbortSignal.timeout(20_000)) => ({
  signal,
  beginMs: null,
  beat: async () => undefined,
  pollMs: 5_000,
});

test('a start that is repeated finds the run that it has started, also when that has ended', async () => {
  const first = await targets.start(plan('once'), task('a'));
  expect(await targets.start(plan('once'), task('a'))).toEqual(first);
  expect(await targets.follow(first, following())).toBe('done');
  expect(await targets.start(plan('once'), task('a'))).toEqual(first);
  expect(await targets.follow(first, following())).toBe('done');
});

test('so does one that has joined it, though another may be started under the id by then', async () => {
  const slow = plan('shared', { args: [1_000, 'done'], joins: true });
  const { runId } = await targets.start(slow, task('b'));
  const joined = await targets.start(slow, task('c'));
  expect(joined).toMatchObject({ runId, joined: true });
  expect(await targets.follow(joined, following())).toBe('done');
  expect(await targets.start(slow, task('c'))).toMatchObject({ runId });
  expect((await targets.start(slow, task('d'))).runId).not.toBe(runId);
});

test('a profile names another cluster and namespace', async () => {
  const there = await targets.start(plan('there', { profile: 'theirs' }), task('e'));
  expect(await targets.follow(there, following())).toBe('done');
  const { client } = gateway.connected;
  const { workflowExecutionInfo } = await client.workflowService.describeWorkflowExecution({
    namespace: THEIRS,
    execution: { workflowId: 'there' },
  });
  expect(workflowExecutionInfo?.execution?.runId).toBe(there.runId);
});

test('who reads within the same second shares what was read', async () => {
  const there = await targets.start(plan('read', { args: [1_000, 'done'] }), task('g'));
  const reading = { progress: { from: 'heartbeat', scale: 1 }, asks: {} } as const;
  const seen = await Promise.all([targets.read(there, reading), targets.read(there, reading)]);
  expect(seen[1]).toBe(seen[0]);
});

test('a profile that is not there is one sentence', () => {
  expect(() => {
    targets.check({ profile: 'none' });
  }).toThrow(/^Temporal profile none: .*none/);
  expect(() => {
    targets.check({ profile: 'theirs' });
  }).not.toThrow();
});

test('a namespace without permission is named, with what is missing', async () => {
  const start = targets.start(plan('denied', { profile: 'forbidden' }), task('f'));
  await expect(start).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
    message:
      'Temporal does not let Longhaul start the workflow denied (waitFor) in the namespace vault: Request unauthorized; ' +
      'its API key or certificate needs the right to write there',
  });
});

test('whether anybody polls for it is known, by kind of work', async () => {
  const { client } = gateway.connected;
  const here = { client, namespace: 'default' };
  const waitFor = { type: 'waitFor', taskQueue: 'orders' };
  expect(await countPollers(here, 'workflow', waitFor)).toBeGreaterThan(0);
  await expect(countPollers(here, 'activity', waitFor)).rejects.toThrow(
    'no worker polls the task queue orders of the namespace default for activities; start one that has waitFor',
  );
  await expect(countPollers({ client, namespace: 'nowhere' }, 'workflow', waitFor)).rejects.toThrow(
    /^Temporal cannot say who polls .* in the namespace nowhere/,
  );
});

test('what runs in a namespace is found, with what it was started with', async () => {
  const { client } = gateway.connected;
  const place = { client, namespace: 'default' };
  const isFound = async () => (await findWorkflowTypes(place)).some(({ count }) => count >= 3);
  while (!(await isFound())) await new Promise((resolve) => setTimeout(resolve, 100)); // the index lags
  const [found] = await findWorkflowTypes(place);
  expect(found).toMatchObject({ type: 'waitFor', taskQueue: 'orders' });
  expect(found?.samples).toContainEqual([1, 'done']);
  await expect(findWorkflowTypes({ client, namespace: 'nowhere' })).rejects.toMatchObject({
    code: 'UPSTREAM_REJECTED',
  });
});

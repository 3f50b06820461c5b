// What lists and counts, over tasks of both lanes in one namespace: gateways whose operations differ in nothing but their lane.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Client } from '@temporalio/client';
import { encodeUnifiedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js';
import { listTasks } from '../../../src/commands/tasks.ts';
import { untilIdle } from '../../../src/assembly/background/idle.ts';
import { parseTaskRef } from '../../../src/contract/task-ref.ts';
import type { TaskFilter } from '../../../src/tasks/service.ts';
import { parseShownPrincipal, toPrincipalId } from '../../../src/temporal/calls/identity.ts';
import { PRINCIPAL } from '../../../src/temporal/calls/search-attributes.ts';
import { createTaskIndexes } from '../../../src/temporal/lanes/task-index.ts';
import { createFleetStatus } from '../../../src/temporal/operator/fleet-status.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { callLegacy } from '../../support/clients/json-rpc.ts';
import { createWorkspace } from '../../support/files/workspace.ts';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { createTestContext } from '../../support/processes/command-context.ts';
import { createTestOperations } from '../../support/operations/test-operations.ts';
import { until } from '../../support/temporal/data-directory.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { callPair, type Fields } from '../../e2e/one-record/faces.ts';
import { countCalls } from '../count-calls.ts';

const LONG_MS = 110_000;
/** That no worker polls. */
const NOBODY = 'nobody';
const ofActivities = createTestOperations(undefined, 'activity');
const ofWorkflows = createTestOperations(undefined, 'workflow');
let temporal: TestTemporal;
let activities: TestGateway;
let workflows: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  activities = await openTestGateway(temporal.address, ofActivities.registry);
  workflows = await openTestGateway(temporal.address, ofWorkflows.registry);
  worker = await startTestWorker(activities, ofActivities.registry);
});

afterAll(async () => {
  await worker.stop();
  await workflows[Symbol.asyncDispose]();
  await activities[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const work = (label: string, ms: number) => ({
  operation: 'work',
  parameters: { label, ms },
  idempotencyKey: label,
});

describe('a list', () => {
  const mine = { principal: 'lister' };
  const ended = ['w1', 'a1', 'w2', 'a2', 'a3', 'w3'];
  const all = ['open a', 'open w', 'wrong w', 'wrong a', ...ended.toReversed()];

  const list = async (filter: Partial<TaskFilter>) =>
    activities.tasks.list(mine, { limit: 100, ...filter });
  const keys = async (filter: Partial<TaskFilter>) =>
    (await list(filter)).tasks.map((task) => task.idempotencyKey);

  beforeAll(async () => {
    const of = (label: string) => (label.includes('a') ? activities : workflows).tasks;
    for (const label of ended) {
      const { task } = await of(label).start(mine, work(label, 1));
      await of(label).wait(mine, task.taskRef, 60_000);
    }
    const { tasks } = activities;
    for (const [label, from] of [
      ['wrong a', activities.tasks],
      ['wrong w', workflows.tasks],
    ] as const) {
      const parameters = { label, code: 'UPSTREAM_REJECTED' };
      const request = { operation: 'fail', parameters, idempotencyKey: label };
      const { task } = await from.start(mine, request);
      await from.wait(mine, task.taskRef, 60_000);
    }
    await workflows.tasks.start(mine, {
      ...work('open w', LONG_MS),
      operation: 'work_again',
    });
    await tasks.start(mine, { ...work('open a', LONG_MS), operation: 'work_again' });
    const shows = async (status: TaskFilter['status'], count: number) =>
      until(async () => (await keys({ status })).length === count);
    await shows('completed', ended.length);
    await shows('failed', 2);
    await shows('processing', 2);
  });

  test('shows the tasks of both lanes in one order, whichever lane a gateway starts them in', async () => {
    expect(await keys({})).toEqual(all);
    const other = await workflows.tasks.list(mine, { limit: 100 });
    expect(other.tasks.map((task) => task.idempotencyKey)).toEqual(all);
    const lanes = other.tasks.map((task) => parseTaskRef(task.taskRef)?.lane);
    expect(lanes).toEqual(all.map((key) => (key.includes('a') ? 'activity' : 'workflow')));
  });

  test.each([[[1]], [[2]], [[3]], [[4, 1]], [[1, 5, 2]]])(
    'comes in pages of %j that together are the whole',
    async (limits) => {
      const seen: string[] = [];
      let cursor: string | null = null;
      for (let pages = 0; pages === 0 || cursor !== null; pages += 1) {
        const limit = limits[pages % limits.length]!;
        const from = pages % 2 === 0 ? activities : workflows; // any gateway reads the cursor of another
        const page = await from.tasks.list(mine, { limit, ...(cursor !== null && { cursor }) });
        expect(page.tasks.length).toBeLessThanOrEqual(limit);
        seen.push(...page.tasks.map((task) => task.idempotencyKey));
        cursor = page.nextCursor;
      }
      expect(seen).toEqual(all);
    },
  );

  test.each<[string, Partial<TaskFilter>, readonly string[]]>([
    ['completed', { status: 'completed' }, ended.toReversed()],
    ['failed', { status: 'failed' }, ['wrong w', 'wrong a']],
    ['processing', { status: 'processing' }, ['open a', 'open w']],
    ['pending', { status: 'pending' }, []],
    ['an operation', { operation: 'work_again' }, ['open a', 'open w']],
    ['an operation and a status', { operation: 'work_again', status: 'completed' }, []],
    ['the key of an activity', { idempotencyKey: 'a2' }, ['a2']],
    ['the key of a workflow', { idempotencyKey: 'w2' }, ['w2']],
    ['a key and another status', { idempotencyKey: 'a2', status: 'failed' }, []],
  ])('is narrowed by %s', async (_, filter, expected) => {
    expect(await keys(filter)).toEqual(expected);
  });

  test('shows no activity whose id is another’s, whatever its search attributes say', async () => {
    const { client, namespace } = activities.connected;
    const { info } = await client.workflowService.describeActivityExecution({
      ...{ namespace, activityId: 'lister:a1' },
    });
    await client.workflowService.startActivityExecution({
      ...{ namespace, identity: 'foreign', requestId: 'foreign', activityId: 'lister:mixed' },
      ...{ activityType: { name: 'work' }, taskQueue: { name: NOBODY } },
      scheduleToCloseTimeout: { seconds: 60 as never },
      ...(info?.header && { header: info.header }),
      searchAttributes: {
        indexedFields: encodeUnifiedSearchAttributes(undefined, [
          { key: PRINCIPAL, value: 'mixed-up' },
        ]),
      },
    });
    const query = `${PRINCIPAL.name} = 'mixed-up'`;
    await until(async () => {
      const { count } = await client.workflowService.countActivityExecutions({ namespace, query });
      return Number(count) === 1;
    });
    const page = await activities.tasks.list({ principal: 'mixed-up' }, { limit: 100 });
    expect(page).toEqual({ tasks: [], nextCursor: null });
    expect(await keys({})).toEqual(all);
    await client.workflowService.requestCancelActivityExecution({
      ...{ namespace, activityId: 'lister:mixed', identity: 'foreign', requestId: 'cancel' },
    });
  });

  test('is the same on every face and for `longhaul tasks list`', async () => {
    const { principal } = mine;
    const options = { registry: ofActivities.registry, principal, tasks: activities.tasks };
    await using gateway = await startGateway({}, options);
    const legacy = await callLegacy(gateway.url, 'tasks/list');
    const refs = (await list({})).tasks.map((task) => task.taskRef);
    expect((legacy.result['tasks'] as Fields[]).map(({ taskId }) => taskId)).toEqual(refs);

    const first = await callPair(gateway.url, 'list_background_tasks', { limit: 4 });
    const cursor = first['next_cursor']!;
    const rest = await callPair(gateway.url, 'list_background_tasks', { limit: 100, cursor });
    const listed = [first, rest].flatMap((page) => page['tasks'] as Fields[]);
    expect(listed.map(({ task_ref }) => task_ref)).toEqual(refs);

    await using workspace = await createWorkspace({ 'longhaul.config.yaml': 'builtins: false' });
    const env = { TEMPORAL_ADDRESS: temporal.address };
    const print = async (flags: object) => {
      const context = createTestContext(workspace.directory, env);
      await listTasks(context, { principal, limit: 4, json: true, ...flags });
      return JSON.parse(context.output()) as { tasks: Fields[]; next_cursor: string | null };
    };
    const begin = await print({});
    const end = await print({ limit: 100, cursor: begin.next_cursor! });
    expect([...begin.tasks, ...end.tasks].map(({ task_ref }) => task_ref)).toEqual(refs);
    expect(end.next_cursor).toBeNull();
  });

  test('is found by the hash that Temporal shows for a principal', async () => {
    const caller = { principal: 'https://login.example.com tenant acme' };
    const { task } = await activities.tasks.start(caller, work('hashed', 1));
    const operator = { principal: parseShownPrincipal(toPrincipalId(caller.principal)) };
    await until(async () => {
      const { tasks } = await workflows.tasks.list(operator, { limit: 10 });
      return tasks.map(({ taskRef }) => taskRef).join() === task.taskRef;
    });
    expect(await workflows.tasks.read(operator, task.taskRef)).toMatchObject({
      taskRef: task.taskRef,
    });
  });

  test('asks for no activities where the server has none', async () => {
    const calls: string[] = [];
    const { connection, namespace } = workflows.connected;
    const counted = countCalls(connection, (call) => calls.push(call));
    const client = new Client({ connection: counted, namespace });
    await using bare = await openTestGateway(temporal.address, ofWorkflows.registry, {
      client,
      hasActivityLane: false,
    });
    const page = await bare.tasks.list(mine, { limit: 2, status: 'completed' });
    const asked = calls.filter((call) => call.includes('list') || call.includes('Activity'));
    expect(asked).toEqual(['listWorkflowExecutions']);
    const { nextCursor: cursor } = page;
    const rest = await bare.tasks.list(mine, { limit: 2, status: 'completed', cursor: cursor! });
    expect(rest.tasks.map((task) => task.idempotencyKey)).toEqual(['w1']);
  });
});

test('limits hold for the open tasks of both lanes, at each gateway', async () => {
  const noLimit = { startsPerSecond: null, startBurst: null, concurrentWaits: null };
  const options = {
    taskQueue: NOBODY,
    limits: { ...noLimit, openTasks: 3, operations: {} },
  };
  const { address } = temporal;
  await using one = await openTestGateway(address, ofActivities.registry, options);
  await using other = await openTestGateway(address, ofWorkflows.registry, options);
  const me = { principal: 'full' };
  const start = async ({ tasks }: TestGateway, label: string) => tasks.start(me, work(label, 1));
  await start(one, 'a');
  await start(other, 'b');
  await start(one, 'c');
  const pending = { limit: 9, status: 'pending' } as const;
  await until(async () => (await one.tasks.list(me, pending)).tasks.length === 3);
  await sleep(2_500); // until then a count leaves them out
  let started = 0;
  for (const gateway of [one, other]) {
    await until(async () =>
      start(gateway, `too many ${started}`).then(
        () => {
          started += 1;
          return false;
        },
        (refusal: unknown) => {
          expect(refusal).toMatchObject({ code: 'RATE_LIMITED', details: { allowed: 3 } });
          return true;
        },
      ),
    );
  }
  expect(started).toBeLessThan(3); // none where the counts come in time
  await endAll();
});

test('the numbers of the fleet are those of both lanes', async () => {
  const { address } = temporal;
  const taskQueue = 'another that nobody polls';
  const options = { taskQueue };
  await using one = await openTestGateway(address, ofActivities.registry, options);
  await using other = await openTestGateway(address, ofWorkflows.registry, options);
  const me = { principal: 'counted' };
  for (const { tasks } of [one, other]) {
    await tasks.start(me, {
      operation: 'work_soon',
      parameters: { label: 'counted', ms: 1 },
    });
  }
  const ended = { operation: 'work_soon', parameters: { label: 'ended', ms: 1 } };
  for (const { tasks } of [activities, workflows]) {
    const { task } = await tasks.start(me, ended);
    await tasks.wait(me, task.taskRef, 60_000);
  }
  const status = createFleetStatus({ ...one.connected, taskQueue, limited: [] });
  await until(async () => (await status.tasks('work_soon')).completed === 2);
  expect(await status.tasks('work_soon')).toEqual({ open: 2, completed: 2, failed: 0 });
  const queues = await status.queues();
  expect(queues).toMatchObject([
    { kind: 'workflow', depth: 1 },
    { kind: 'activity', depth: 1 },
    { kind: 'callback', depth: 0 },
  ]);
  await endAll();
});

test('the background worker stays while an activity is open', async () => {
  await endAll();
  const dataDirectory = await mkdtemp(join(tmpdir(), 'longhaul-idle-'));
  await using one = await openTestGateway(temporal.address, ofActivities.registry, {
    taskQueue: NOBODY,
  });
  const me = { principal: 'idle' };
  const { task } = await one.tasks.start(me, work('idle', 1));
  const indexes = createTaskIndexes(one.connected);
  const open = async () => {
    const counted = await Promise.all(indexes.map(async (index) => index.count([RUNNING])));
    return counted.map(({ count }) => Number(count));
  };
  await until(async () => (await open()).join() === '0,1');
  let isIdle = false;
  const { signal } = new AbortController();
  const idle = untilIdle(
    { dataDirectory, execution: { idleExitSeconds: 2 } },
    one.connected,
    signal,
  );
  void idle.then(() => {
    isIdle = true;
  });
  await sleep(5_000);
  expect(isIdle).toBe(false);
  await one.tasks.cancel(me, task.taskRef);
  await idle;
  expect(await open()).toEqual([0, 0]);
  await rm(dataDirectory, { recursive: true });
});

const RUNNING = `ExecutionStatus = 'Running'`;

/** Ends every task that is open, and waits until the index knows. */
async function endAll(): Promise<void> {
  const { client, namespace } = activities.connected;
  const indexes = createTaskIndexes(activities.connected);
  await until(async () => {
    let open = 0;
    for (const { lane, list } of indexes) {
      const { entries } = await list([RUNNING], 100);
      open += entries.length;
      for (const { id } of entries) {
        const ending =
          lane === 'workflow'
            ? client.workflow.getHandle(id).terminate('by the test')
            : client.workflowService.terminateActivityExecution({
                ...{ namespace, activityId: id, identity: 'test', requestId: id },
              });
        await ending.catch(() => undefined); // it has ended in between
      }
    }
    return open === 0;
  });
}

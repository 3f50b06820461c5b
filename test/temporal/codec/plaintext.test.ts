// Tasks of every kind with a marker in everything that a caller, an operation or an upstream can put in; and then every byte
// that the server gave out or wrote to its disk.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import type { InputResponses } from '../../../src/contract/input.ts';
import { isDone, type Task } from '../../../src/contract/task.ts';
import { parseTaskRef } from '../../../src/contract/task-ref.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import type { TaskService } from '../../../src/tasks/service.ts';
import { encodeFailures, toDataConverter } from '../../../src/temporal/codec/encryption.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import type { RunningWorker } from '../../../src/temporal/worker/worker.ts';
import { createMarkedOperations } from './marked-operations.ts';
import { createTestKey, createTestEncryption, holds } from '../../encryption/keys.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../../support/temporal/server.ts';
import { testLane } from '../../support/operations/lane.ts';
import { workflowBundle } from '../../support/runner/workflow-bundle.ts';

/** Long enough to be found within any Base64, and in nothing by accident. */
const SECRET = 'secret-mark-9c1f04d7e2';
const PLAIN = 'plain-mark-5b7730aa61fe';

const me = { principal: 'local' };
const { operations, release } = createMarkedOperations();
const registry = createRegistry(operations, {}, testLane);

let temporal: TestTemporal;
let gateway: TestGateway;
let worker: RunningWorker;
const collected: Buffer[] = [];

beforeAll(async () => {
  temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const encryption = createTestEncryption(createTestKey('key-1'));
  gateway = await openTestGateway(temporal.address, registry, {}, encryption);
  worker = await startTestWorker(gateway, registry);
});

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

/** Starts one task of every kind; the keys begin with the mark. */
async function startAll(tasks: TaskService, mark: string): Promise<ReadonlyMap<string, Task>> {
  const started = await Promise.all(
    operations.map(async ({ name }) => {
      const idempotencyKey = `${mark}-${name}`;
      const { task } = await tasks.start(me, {
        operation: name,
        parameters: { mark },
        idempotencyKey,
      });
      return [name, task] as const;
    }),
  );
  return new Map(started);
}

async function answer(tasks: TaskService, { taskRef }: Task, key: string, mark: string) {
  const asked = await tasks.wait(me, taskRef, 60_000);
  expect(asked.state).toMatchObject({ status: 'input_required' });
  const responses: InputResponses = { [key]: { action: 'accept', content: { text: mark } } };
  await tasks.provideInput(me, taskRef, responses);
}

async function until(tasks: TaskService, { taskRef }: Task, is: (task: Task) => boolean) {
  let task = await tasks.read(me, taskRef);
  while (!is(task)) {
    await sleep(30);
    task = await tasks.read(me, taskRef);
  }
  return task;
}

const shows = (text: string) => (task: Task) =>
  task.state.status === 'processing' && (task.state.progress?.message?.includes(text) ?? false);

/** Takes everything that the frontend tells of tasks, as bytes: of the first run of each workflow, and of the last. */
async function collect(
  { connected: { connection, namespace } }: TestGateway,
  tasks: Iterable<Task>,
): Promise<void> {
  const { workflowService: service } = connection;
  const { v1 } = proto.temporal.api.workflowservice;
  const take = (bytes: Uint8Array) => collected.push(Buffer.from(bytes));
  const workflows = await service.listWorkflowExecutions({ namespace, pageSize: 1_000 });
  take(v1.ListWorkflowExecutionsResponse.encode(workflows).finish());
  const activities = await service.listActivityExecutions({ namespace, pageSize: 1_000 });
  take(v1.ListActivityExecutionsResponse.encode(activities).finish());
  for (const { taskRef } of tasks) {
    const { lane, keyPart, runId } = parseTaskRef(taskRef)!;
    const id = `local:${keyPart}`;
    if (lane === 'activity') {
      const description = await service.describeActivityExecution({
        ...{ namespace, activityId: id, includeInput: true, includeOutcome: true },
        ...{ includeHeartbeatDetails: true, includeLastFailure: true },
      });
      take(v1.DescribeActivityExecutionResponse.encode(description).finish());
      continue;
    }
    for (const execution of [{ workflowId: id }, { workflowId: id, runId }]) {
      const description = await service.describeWorkflowExecution({ namespace, execution });
      take(v1.DescribeWorkflowExecutionResponse.encode(description).finish());
      const history = await service.getWorkflowExecutionHistory({ namespace, execution });
      take(v1.GetWorkflowExecutionHistoryResponse.encode(history).finish());
      const query = { queryType: 'task' };
      const queried = await service.queryWorkflow({ namespace, execution, query });
      take(v1.QueryWorkflowResponse.encode(queried).finish());
    }
  }
}

async function readDisk(): Promise<Buffer[]> {
  const entries = await readdir(temporal.dataDirectory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Promise.all(files.map(async ({ parentPath, name }) => readFile(join(parentPath, name))));
}

describe('tasks of an installation with keys', () => {
  test('go their way as all tasks do', async () => {
    const { tasks } = gateway;
    const started = await startAll(tasks, SECRET);
    const get = (name: string) => started.get(name)!;
    await until(tasks, get('succeed'), shows(`half of ${SECRET}`));
    await until(tasks, get('job'), shows(`looking at ${SECRET}`));
    await until(tasks, get('work'), ({ state }) => state.status === 'processing');
    await collect(gateway, started.values());
    await answer(tasks, get('ask'), 'first', SECRET);
    await answer(tasks, get('ask'), 'second', SECRET);
    await tasks.cancel(me, get('work').taskRef, `since ${SECRET}`);
    release();
    const ended = new Map(
      await Promise.all(
        [...started].map(async ([name, { taskRef }]) => {
          const task = await tasks.wait(me, taskRef, 60_000);
          return [name, task] as const;
        }),
      ),
    );
    const stateOf = (name: string) => ended.get(name)!.state;
    expect([...ended.values()].filter(({ state }) => !isDone(state))).toEqual([]);
    expect(stateOf('succeed')).toMatchObject({ result: { nested: [SECRET], [SECRET]: true } });
    expect(stateOf('long')).toMatchObject({ result: SECRET.repeat(8_000) });
    expect(stateOf('refuse')).toMatchObject({
      error: {
        code: 'UPSTREAM_UNAVAILABLE',
        message: `upstream said ${SECRET}`,
        details: { said: SECRET },
      },
    });
    expect(stateOf('crash')).toMatchObject({
      error: { code: 'INTERNAL', message: `cannot read ${SECRET}` },
    });
    expect(stateOf('ask')).toMatchObject({ result: { second: { content: { text: SECRET } } } });
    expect(stateOf('work')).toMatchObject({ error: { code: 'CANCELLED' } });
    expect(stateOf('job')).toMatchObject({ result: SECRET });
    expect(stateOf('job_fails')).toMatchObject({
      error: { code: 'UPSTREAM_REJECTED', message: `no such job as ${SECRET}` },
    });
    expect(ended.get('job')).toMatchObject({ idempotencyKey: `${SECRET}-job` });
    await collect(gateway, ended.values());
  });

  test('are found by their idempotency key, and not started twice', async () => {
    const { tasks } = gateway;
    const idempotencyKey = `${SECRET}-long`;
    const again = await tasks.start(me, {
      operation: 'long',
      parameters: { mark: SECRET },
      idempotencyKey,
    });
    expect(again.deduplicated).toBe(true);
    const { tasks: found } = await tasks.list(me, { limit: 10, idempotencyKey });
    expect(found.map(({ taskRef }) => taskRef)).toEqual([again.task.taskRef]);
  });

  test('can be replayed, with the keys and the name of the workflow', async () => {
    const { tasks, connected } = gateway;
    const { tasks: found } = await tasks.list(me, {
      limit: 1,
      idempotencyKey: `${SECRET}-job_fails`,
    });
    const workflowId = `local:${parseTaskRef(found[0]!.taskRef)!.keyPart}`;
    const history = await connected.client.workflow.getHandle(workflowId).fetchHistory();
    const replay = Worker.runReplayHistory(
      {
        ...(await encodeFailures({ workflowBundle: workflowBundle() })),
        dataConverter: toDataConverter(connected.encryption!.keyring),
      },
      history,
      workflowId,
    );
    await expect(replay).resolves.toBeUndefined();
  });

  test('leave no plaintext in what the server tells', () => {
    const answers = { workflow: 2 * 3, activity: 1, auto: 1 };
    const all = registry.all.reduce((sum, { lane }) => sum + answers[lane], 0);
    expect(collected.length).toBe(2 * (2 + all));
    expect(collected.filter((bytes) => holds(bytes, SECRET))).toEqual([]);
  });

  test('leave no plaintext on the disk of the server', async () => {
    const files = await readDisk();
    expect(files.some((bytes) => holds(bytes, 'LonghaulOperation'))).toBe(true);
    expect(files.filter((bytes) => holds(bytes, SECRET))).toEqual([]);
  });

  test('would be found, had they no keys', async () => {
    collected.length = 0;
    await using plain = await openTestGateway(temporal.address, registry);
    await worker.stop();
    await using plainWorker = await startTestWorker(plain, registry);
    expect(plainWorker.isPolling).toBe(true);
    const started = await startAll(plain.tasks, PLAIN);
    await answer(plain.tasks, started.get('ask')!, 'first', PLAIN);
    await plain.tasks.wait(me, started.get('ask')!.taskRef, 60_000);
    await plain.tasks.wait(me, started.get('crash')!.taskRef, 60_000);
    await collect(plain, started.values());
    expect(collected.some((bytes) => holds(bytes, PLAIN))).toBe(true);
    expect((await readDisk()).some((bytes) => holds(bytes, PLAIN))).toBe(true);
  });
});

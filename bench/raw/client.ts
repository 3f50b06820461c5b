// Temporal without Longhaul: what a program that uses the SDK directly would do, over the same kind of connection, with
// the same policies for repeated ids and, where the gateway's own share is measured, with the same record of a task. It
// runs in the process of the load generator, so it saves a hop over HTTP and a process; the gateway is measured against
// that.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  Client,
  type ActivityOptions,
  type WorkflowHandle,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { KEY, OPERATION, PRINCIPAL } from '../../src/temporal/calls/search-attributes.ts';
import type { rawTask } from './workflow.ts';

/** Temporal, used directly. */
export interface RawTemporal extends AsyncDisposable {
  /** Starts a workflow that nobody runs, with the record that a task has, and keeps it running. */
  start(text: string): Promise<WorkflowHandle>;
  /** The same without the record: nothing by which people, lists and repeated calls find it. */
  startBare(text: string): Promise<WorkflowHandle>;
  /** Starts a workflow eagerly on this process's worker and awaits its result. */
  execute(text: string): Promise<unknown>;
  /** Starts a standalone activity that nobody runs, with the part of the record that one can have. */
  startActivity(text: string): Promise<unknown>;
  /** Starts a standalone activity, which this process's worker runs, and awaits its result. */
  executeActivity(text: string): Promise<unknown>;
  readonly client: Client;
  readonly connection: NativeConnection;
}

const IDLE_QUEUE = 'raw-idle';
const QUEUE = 'raw';

/** Connects, and starts a worker that polls. */
export async function openRawTemporal(address: string): Promise<RawTemporal> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({
    address,
    grpcCompression: { codec: 'none' },
  });
  const client = new Client({ connection });
  const worker = await Worker.create({
    connection,
    taskQueue: QUEUE,
    workflowsPath: fileURLToPath(new URL('workflow.ts', import.meta.url)),
    activities: { empty: () => Promise.resolve({}) },
    maxConcurrentActivityTaskExecutions: 50,
  });
  const ended = worker.run();
  const start = (taskQueue: string, text: string, record: TaskRecord = {}) =>
    client.workflow.start<typeof rawTask>('rawTask', {
      workflowId: randomUUID(),
      taskQueue,
      args: [{ text }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      workflowRunTimeout: '1h',
      requestEagerStart: taskQueue === QUEUE,
      ...record,
    });
  const startActivity = (taskQueue: string, text: string, record: ActivityRecord = {}) =>
    client.activity.start<object>('empty', {
      id: randomUUID(),
      taskQueue,
      args: [{ text }],
      idReusePolicy: 'REJECT_DUPLICATE',
      idConflictPolicy: 'FAIL',
      startToCloseTimeout: '120s',
      heartbeatTimeout: '10s',
      scheduleToCloseTimeout: '1h',
      ...record,
    });
  return {
    ...{ client, connection },
    start: (text) => start(IDLE_QUEUE, text, toRecord(randomUUID())),
    startBare: (text) => start(IDLE_QUEUE, text),
    execute: async (text) => (await start(QUEUE, text)).result(),
    startActivity: (text) => startActivity(IDLE_QUEUE, text, toActivityRecord(randomUUID())),
    executeActivity: async (text) => (await startActivity(QUEUE, text)).result(),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}

type ActivityRecord = Pick<ActivityOptions, 'typedSearchAttributes' | 'summary'>;

type TaskRecord = Pick<
  WorkflowStartOptions,
  'memo' | 'typedSearchAttributes' | 'staticSummary' | 'staticDetails'
>;

/** What a task keeps beside its input, in the sizes that the gateway's have. */
function toRecord(key: string): TaskRecord {
  return {
    memo: {
      operation: 'raw',
      key,
      fingerprint: 'f'.repeat(43),
      createdAt: Date.now(),
      totalMs: 3_600_000,
      waitedMs: 0,
    },
    typedSearchAttributes: toAttributes(key),
    staticSummary: `raw · ${key}`,
    staticDetails: 'd'.repeat(200),
  };
}

function toActivityRecord(key: string): ActivityRecord {
  return { typedSearchAttributes: toAttributes(key), summary: `raw · ${key}` };
}

function toAttributes(key: string): SearchAttributePair[] {
  return [
    { key: OPERATION, value: 'raw' },
    { key: PRINCIPAL, value: 'local' },
    { key: KEY, value: key },
  ];
}

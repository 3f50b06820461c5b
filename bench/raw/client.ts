// Temporal without Longhaul: what a program that uses the SDK directly would do, over the same kind of connection and
// with the same policies for repeated ids. It runs in the process of the load generator, so it saves a hop over HTTP and
// a process; the gateway is measured against that.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, type WorkflowHandle } from '@temporalio/client';
import type { rawTask } from './workflow.ts';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';

/** Temporal, used directly. */
export interface RawTemporal extends AsyncDisposable {
  /** Starts a workflow that nobody runs, and keeps it running. */
  start(text: string): Promise<WorkflowHandle>;
  /** Starts a workflow eagerly on this process's worker and awaits its result. */
  execute(text: string): Promise<unknown>;
  readonly client: Client;
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
  const start = (taskQueue: string, text: string, requestEagerStart: boolean) =>
    client.workflow.start<typeof rawTask>('rawTask', {
      workflowId: randomUUID(),
      taskQueue,
      args: [{ text }],
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
      workflowIdConflictPolicy: 'FAIL',
      workflowRunTimeout: '1h',
      requestEagerStart,
    });
  return {
    client,
    start: (text) => start(IDLE_QUEUE, text, false),
    execute: async (text) => (await start(QUEUE, text, true)).result(),
    [Symbol.asyncDispose]: async () => {
      worker.shutdown();
      await ended;
      await connection.close();
    },
  };
}

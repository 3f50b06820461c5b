// Tasks without a gateway on a real server, where time passes as it does.
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { createTestTasks, type TestTasks } from './tasks-without-gateway.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { startTestTemporal } from './server.ts';

/** A real server with tasks on it. */
export interface RealTimeTasks extends TestTasks {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly client: Client;
  /** Tasks on a queue of their own, for tests that run at the same time. */
  onQueue(taskQueue: string): TestTasks;
}

/** Starts the server. */
export async function startRealTimeTasks(): Promise<RealTimeTasks> {
  quietRuntime();
  const temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const connection = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const tasks = createTestTasks(client, connection);
  return {
    ...tasks,
    address: temporal.address,
    client,
    onQueue: (taskQueue) => createTestTasks(client, connection, taskQueue),
    [Symbol.asyncDispose]: async () => {
      await tasks[Symbol.asyncDispose]();
      await connection.close();
      await temporal[Symbol.asyncDispose]();
    },
  };
}

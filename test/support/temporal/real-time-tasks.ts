// Tasks on a real server, where time takes its time.
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { createBareTasks, type BareTasks } from './workflow-tasks.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { startTestTemporal } from './server.ts';

/** A real server with bare tasks on it. */
export interface RealTasks extends BareTasks {
  /** `host:port` of the frontend. */
  readonly address: string;
  readonly client: Client;
}

/** Starts the server. */
export async function startRealTasks(): Promise<RealTasks> {
  quietRuntime();
  const temporal = await startTestTemporal();
  const connection = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const tasks = createBareTasks(client, connection);
  return {
    ...tasks,
    address: temporal.address,
    client,
    [Symbol.asyncDispose]: async () => {
      await tasks[Symbol.asyncDispose]();
      await connection.close();
      await temporal[Symbol.asyncDispose]();
    },
  };
}

// Tasks on the time-skipping server: hours pass in a moment.
import { createBareTasks, type BareTasks } from './bare-tasks.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { createTimeSkippingEnvironment } from './time-skipping.ts';

/** A server on which time is skipped while a task's end is awaited and no attempt of it runs. */
export interface SkippedTasks extends BareTasks {
  /** Inside an attempt: makes it last so long, at once. */
  sleep(ms: number): Promise<void>;
}

/** Starts the server; one for each test file, whose tasks must not overlap. */
export async function startSkippedTasks(): Promise<SkippedTasks> {
  quietRuntime();
  const environment = await createTimeSkippingEnvironment();
  const tasks = createBareTasks(environment.client, environment.nativeConnection);
  return {
    ...tasks,
    sleep: async (ms) => environment.sleep(ms),
    [Symbol.asyncDispose]: async () => {
      await tasks[Symbol.asyncDispose]();
      await environment[Symbol.asyncDispose]();
    },
  };
}

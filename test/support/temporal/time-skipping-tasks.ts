// Tasks on the time-skipping server: hours pass in a moment.
import { afterAll, beforeEach } from '@jest/globals';
import { createTestTasks, type TestTasks } from './tasks-without-gateway.ts';
import { quietRuntime } from './quiet-runtime.ts';
import { createTimeSkippingEnvironment } from './time-skipping-server.ts';

/** A server on which time is skipped while a task's end is awaited and no attempt of it runs. */
export interface TimeSkippingTasks extends Omit<TestTasks, typeof Symbol.asyncDispose> {
  /** Inside an attempt: makes it last so long, at once. */
  sleep(ms: number): Promise<void>;
}

interface Server extends TestTasks {
  readonly sleep: TimeSkippingTasks['sleep'];
  /**
   * Whether an attempt has slept. Its sleep unlocks time that the attempt itself keeps locked; when the server then times
   * the attempt out, it may count the locks wrongly and skip no more time for anybody.
   */
  readonly slept: boolean;
}

/** The tasks of a test file, whose tests must not overlap. A test that follows a sleep gets a server of its own. */
export function useTimeSkippingTasks(): TimeSkippingTasks {
  let server: Server | undefined;
  beforeEach(async () => {
    if (server?.slept) {
      await server[Symbol.asyncDispose]();
      server = undefined;
    }
    server ??= await start();
  });
  afterAll(async () => server?.[Symbol.asyncDispose]());
  const running = () => {
    if (!server) throw new Error('the server runs during tests only');
    return server;
  };
  return {
    start: async (...task) => running().start(...task),
    deliver: async (input) => running().deliver(input),
    withWorker: async (...work) => running().withWorker(...work),
    withActivities: async (activities, during) => running().withActivities(activities, during),
    sleep: async (ms) => running().sleep(ms),
  };
}

async function start(): Promise<Server> {
  quietRuntime();
  const environment = await createTimeSkippingEnvironment();
  const tasks = createTestTasks(environment.client, environment.nativeConnection);
  let slept = false;
  return {
    ...tasks,
    get slept() {
      return slept;
    },
    sleep: async (ms) => {
      slept = true;
      await environment.sleep(ms);
    },
    [Symbol.asyncDispose]: async () => {
      await tasks[Symbol.asyncDispose]();
      await environment[Symbol.asyncDispose]();
    },
  };
}

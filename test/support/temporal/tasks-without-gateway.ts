// Tasks without a gateway: the workflow as it is, activities as a worker makes them, and the input that a gateway would
// send. For everything that is between the start of a task and its end.
import { randomUUID } from 'node:crypto';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { AttemptOptions } from '../../../activities/attempt/attempt.ts';
import { createActivities } from '../../../activities/index.ts';
import {
  DELIVERY_ACTIVITIES,
  DELIVERY_WORKFLOW_TYPE,
  toDeliveryId,
  type DeliveryInput,
} from '../../../src/contract/workflow/callback.ts';
import type { Json } from '../../../src/contract/json.ts';
import type { Policy } from '../../../src/contract/workflow/policy.ts';
import {
  WORKFLOW_TYPE,
  type AttemptInput,
  type TaskInput,
} from '../../../src/contract/workflow/task-input.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { startDeliveryWorker } from '../../../src/temporal/worker/delivery-worker.ts';
import {
  joinWorkers,
  runWorker,
  type RunningWorker,
} from '../../../src/temporal/worker/running-worker.ts';
import { testServices } from '../operations/context.ts';
import { workflowBundle } from '../runner/workflow-bundle.ts';
import { toTestTask, type TestTask } from './test-task.ts';

/** What a test may change of a task. */
export interface TaskChange extends Partial<
  Pick<
    TaskInput,
    | 'kind'
    | 'parameters'
    | 'idempotent'
    | 'idempotencyKey'
    | 'workflowId'
    | 'asked'
    | 'callbacks'
    | 'delayMs'
    | 'startAfterMs'
    | 'batch'
    | 'activity'
  >
> {
  readonly policy?: Partial<Omit<Policy, 'retry'>>;
  readonly retry?: Partial<Policy['retry']>;
  /** How long after its total the server itself ends the workflow, in milliseconds; a minute by default. */
  readonly backstopMs?: number;
}

/** Where the workers of these tasks poll. */
export const TEST_TASKS_QUEUE = 'without-gateway';

/** Activities, by type. */
export type Activities = Readonly<Record<string, (input: AttemptInput) => Promise<Json>>>;

/**
 * A server, as far as these tasks need it. What a test left running ends with its scope, or before the next worker. One worker runs the
 * workflows of test after test, since each takes half a second of a processor; it stops where a task is open and no test has a worker.
 */
export interface TestTasks extends AsyncDisposable {
  /** Runs a worker that has these operations while `during` runs; with `null`, one that takes no attempts at all. */
  withWorker<Result>(
    operations: readonly Operation[] | null,
    during: () => Promise<Result>,
    options?: Pick<AttemptOptions, 'lastPollMs' | 'holder' | 'cancelMs' | 'pushesCancels'>,
  ): Promise<Result>;
  /** Runs a worker with activities that no operation stands behind. */
  withActivities<Result>(activities: Activities, during: () => Promise<Result>): Promise<Result>;
  /**
   * Starts a task, unless the test says otherwise: 120 s in all, 60 s an attempt, silent as long as it likes, no retries,
   * not idempotent.
   */
  start(operation: string, change?: TaskChange): Promise<TestTask>;
  /** Starts the delivery of a callback without the task before it. */
  deliver(input: DeliveryInput): Promise<WorkflowHandle>;
}

/** Longer than a gateway's: a loaded machine may need as long to start a worker. */
const BACKSTOP_MS = 60_000;

/** Tasks on a server, on a queue that tests with workers at the same time do not share; a result has at most 1,000 bytes. */
export function createTestTasks(
  client: Client,
  connection: NativeConnection,
  taskQueue = TEST_TASKS_QUEUE,
): TestTasks {
  let workflows: Promise<RunningWorker> | undefined;
  const workers = new Set<() => Promise<void>>();
  const tasks = new Set<TestTask>();
  const awaited = new Set<Promise<unknown>>();
  const endLeftovers = async () => {
    // Who awaits an end repeats the call in the background, which would throw there once the connection is closed.
    if (awaited.size > 0) {
      await Promise.allSettled([...tasks].map(async ({ handle }) => handle.terminate()));
      await Promise.allSettled(awaited);
    }
    await Promise.allSettled([...workers].map(async (stop) => stop()));
    tasks.clear();
  };
  const stopWorkflows = async () => {
    const stopping = workflows;
    workflows = undefined;
    await (await stopping)?.stop();
  };
  const runWorkflows = async () =>
    runWorker(
      await Worker.create({
        connection,
        taskQueue,
        workflowBundle: workflowBundle(),
        maxCachedWorkflows: 0, // every step begins with a replay of those before, so the code proves deterministic
      }),
    );
  const run = async <Result>(
    activities: Activities | undefined,
    during: () => Promise<Result>,
  ): Promise<Result> => {
    if (workers.size > 0) await endLeftovers(); // of a test whose time was up
    const common = {
      connection,
      ...(activities && { activities }),
      maxHeartbeatThrottleInterval: '1s',
      shutdownForceTime: '5s',
    } as const;
    const delivers = activities !== undefined && DELIVERY_ACTIVITIES.send in activities;
    const running = [await (workflows ??= runWorkflows())];
    if (activities) running.push(runWorker(await Worker.create({ ...common, taskQueue })));
    if (delivers) running.push(await startDeliveryWorker(common, taskQueue));
    const stop = async () => joinWorkers(running.slice(1)).stop();
    workers.add(stop);
    const early = Promise.race(running.map(async (worker) => worker.ended)).then(() =>
      Promise.reject(new Error('the worker was stopped meanwhile')),
    );
    try {
      return await Promise.race([during(), early]);
    } finally {
      early.catch(() => undefined); // of the stop that follows
      await stop();
      workers.delete(stop);
      if (tasks.size > 0) await stopWorkflows();
    }
  };
  const secret = async (reference: string) => Promise.reject(new Error(reference));
  return {
    withActivities: run,
    withWorker: async (operations, during, options) =>
      run(
        operations
          ? createActivities(operations, {
              secret,
              services: testServices,
              maxResultBytes: 1_000,
              ...options,
            })
          : undefined,
        during,
      ),
    start: async (operation, { backstopMs = BACKSTOP_MS, ...change } = {}) => {
      if (workers.size === 0) await stopWorkflows();
      const input = toInput(operation, change);
      const handle = await client.workflow.start(WORKFLOW_TYPE, {
        workflowId: input.workflowId ?? input.idempotencyKey,
        taskQueue,
        args: [input],
        workflowRunTimeout: input.policy.totalMs + backstopMs,
      });
      const task = toTestTask(handle, awaited, () => tasks.delete(task));
      tasks.add(task);
      return task;
    },
    deliver: async (input) => {
      if (workers.size === 0) await stopWorkflows();
      return client.workflow.start(DELIVERY_WORKFLOW_TYPE, {
        workflowId: toDeliveryId(input.task, 0),
        taskQueue,
        args: [input],
      });
    },
    [Symbol.asyncDispose]: async () => {
      await endLeftovers();
      await stopWorkflows();
    },
  };
}

function toInput(
  operation: string,
  { policy, retry, ...change }: Omit<TaskChange, 'backstopMs'>,
): TaskInput {
  return {
    operation,
    kind: 'run',
    parameters: {},
    idempotencyKey: `local:${randomUUID()}`,
    principal: 'local',
    idempotent: false,
    ...change,
    policy: {
      queueMs: 120_000,
      attemptMs: 60_000,
      totalMs: 120_000,
      heartbeatMs: 1_000_000,
      ...policy,
      retry: {
        attempts: 0,
        initialIntervalMs: 1_000,
        backoffCoefficient: 2,
        maximumIntervalMs: 30_000,
        ...retry,
      },
    },
  };
}

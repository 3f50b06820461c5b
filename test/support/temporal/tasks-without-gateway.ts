// Tasks without a gateway: the workflow as it is, activities as a worker makes them, and the input that a gateway would
// send. For everything that is between the start of a task and its end.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, CancelledFailure, TimeoutFailure } from '@temporalio/common';
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
import { joinWorkers, runWorker } from '../../../src/temporal/worker/running-worker.ts';
import { testServices } from '../operations/context.ts';
import { workflowBundle } from '../runner/workflow-bundle.ts';

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

/** How a task ended, as its workflow returned it. */
export type End =
  | { readonly result: Json; readonly attempt: number }
  | {
      readonly code: string;
      readonly message: string;
      readonly attempt: number | null;
      readonly retryable?: boolean;
      readonly retryAfterMs?: number;
      readonly details?: Json;
    };

/** A task that was started. */
export interface TestTask {
  readonly handle: WorkflowHandle;
  /** Awaits the end. A workflow that was cancelled ends with `CANCELLED`, one that was timed out with `BACKSTOP`. */
  readonly end: () => Promise<End>;
  /** How long it took, on the server's clock, in milliseconds. */
  tookMs(): Promise<number>;
  /** Types of the events in its history, such as `ActivityTaskScheduled`. */
  events(): Promise<string[]>;
}

/** Where the workers of these tasks poll. */
export const TEST_TASKS_QUEUE = 'without-gateway';

/** Activities, by type. */
export type Activities = Readonly<Record<string, (input: AttemptInput) => Promise<Json>>>;

/** A server, as far as these tasks need it. What a test left running ends with its scope, or before the next worker. */
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
    const worker = joinWorkers([
      runWorker(
        await Worker.create({
          ...common,
          taskQueue,
          workflowBundle: workflowBundle(),
          maxCachedWorkflows: 0, // every step begins with a replay of those before, so the code proves deterministic
        }),
      ),
      ...(delivers ? [await startDeliveryWorker(common, taskQueue)] : []),
    ]);
    const stop = async () => worker.stop();
    workers.add(stop);
    try {
      const early = worker.ended.then(() =>
        Promise.reject(new Error('the worker was stopped meanwhile')),
      );
      return await Promise.race([during(), early]);
    } finally {
      await stop();
      workers.delete(stop);
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
      const input = toInput(operation, change);
      const handle = await client.workflow.start(WORKFLOW_TYPE, {
        workflowId: input.workflowId ?? input.idempotencyKey,
        taskQueue,
        args: [input],
        workflowRunTimeout: input.policy.totalMs + backstopMs,
      });
      const task = toTestTask(handle, awaited);
      tasks.add(task);
      return task;
    },
    deliver: async (input) =>
      client.workflow.start(DELIVERY_WORKFLOW_TYPE, {
        workflowId: toDeliveryId(input.task, 0),
        taskQueue,
        args: [input],
      }),
    [Symbol.asyncDispose]: endLeftovers,
  };
}

function toTestTask(handle: WorkflowHandle, awaited: Set<Promise<unknown>>): TestTask {
  return {
    handle,
    end: async () => {
      const end = toEnd(handle);
      awaited.add(end);
      return end.finally(() => awaited.delete(end));
    },
    tookMs: async () => {
      const { startTime, closeTime } = await handle.describe();
      return closeTime!.getTime() - startTime.getTime();
    },
    events: async () => {
      const { events } = await handle.fetchHistory();
      return (events ?? []).map((event) => {
        const name = Object.keys(event).find((key) => key.endsWith('EventAttributes'))!;
        return name[0]!.toUpperCase() + name.slice(1, -'EventAttributes'.length);
      });
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

async function toEnd(handle: WorkflowHandle): Promise<End> {
  try {
    return (await handle.result()) as End;
  } catch (failure) {
    const cause = failure instanceof WorkflowFailedError ? failure.cause : undefined;
    if (cause instanceof CancelledFailure) {
      return { code: 'CANCELLED', message: 'a cancelled workflow', attempt: null };
    }
    if (cause instanceof TimeoutFailure) {
      return { code: 'BACKSTOP', message: cause.message, attempt: null };
    }
    if (!(cause instanceof ApplicationFailure)) throw failure;
    return cause.details![0] as End;
  }
}

/** Waits until an event of this type is in the task's history; fails loudly when it never is. */
export async function untilEvent(task: TestTask, type: string): Promise<void> {
  for (let reads = 0; reads < 3_000; reads += 1) {
    if ((await task.events()).includes(type)) return;
    await sleep(20);
  }
  throw new Error(`there was no ${type} in the history within a minute`);
}

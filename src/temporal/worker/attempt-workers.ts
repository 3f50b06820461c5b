// The workers of operations whose limits hold for the whole fleet: each polls the operation's own task queue. Temporal keeps a
// rate: it hands out so many attempts a second to all workers together. An exclusive worker keeps a concurrency: it alone polls.
// Neither runs workflows.
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { toAttemptQueue } from '../../contract/attempt-queue.ts';
import type { Registry } from '../../operations/registry.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';
import { startExclusiveWorker } from './exclusive-worker.ts';

export interface AttemptWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The task queue that all operations share. */
  readonly taskQueue: string;
  readonly registry: Registry;
  /** How every worker of this process runs attempts. */
  readonly attempts: Omit<WorkerOptions, 'taskQueue'>;
  /** How long an attempt may go on after its worker began to stop, at the very longest, in milliseconds. */
  readonly stopMs: number;
}

/** Starts a worker for each operation that is limited in the whole fleet; none when there is no such operation. */
export async function startAttemptWorkers(
  options: AttemptWorkersOptions,
): Promise<RunningWorker[]> {
  const { taskQueue, registry, attempts, stopMs } = options;
  const own = registry.all.flatMap(({ operation, policy }) => {
    const attemptQueue = toAttemptQueue(taskQueue, operation.name, policy);
    return attemptQueue === taskQueue ? [] : [{ attemptQueue, policy }];
  });
  return Promise.all(
    own.map(async ({ attemptQueue, policy: { concurrency, ratePerSecond } }) => {
      const createWorker = async () =>
        Worker.create({
          ...attempts,
          taskQueue: attemptQueue,
          ...(ratePerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: ratePerSecond }),
          ...(concurrency !== undefined && { maxConcurrentActivityTaskExecutions: concurrency }),
        });
      if (concurrency === undefined) return runWorker(await createWorker());
      return startExclusiveWorker({
        ...options,
        attemptQueue,
        createAttemptWorker: createWorker,
        createWaiting: async (exclusiveQueue, activities) =>
          Worker.create({
            ...attempts,
            taskQueue: exclusiveQueue,
            activities,
            maxConcurrentActivityTaskExecutions: 1,
            // The exclusive worker leaves its place when its attempts have ended.
            shutdownGraceTime: stopMs,
            shutdownForceTime: stopMs,
          }),
      });
    }),
  );
}

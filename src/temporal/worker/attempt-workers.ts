// The workers of operations whose limits hold for the whole fleet: each polls the operation's own task queue. A rate is kept
// by Temporal, which hands out so many attempts a second to all workers together; a concurrency by one worker at a time
// having the operation's seat. Neither runs workflows.
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { toAttemptQueue } from '../../contract/attempt-queue.ts';
import type { Registry } from '../../operations/registry.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';
import { startSeat } from './exclusive-worker.ts';

/** What these workers need. */
export interface AttemptWorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The task queue of everybody. */
  readonly taskQueue: string;
  readonly registry: Registry;
  /** How every worker of this process runs attempts. */
  readonly attempts: Omit<WorkerOptions, 'taskQueue'>;
  /** How long an attempt may go on after its worker was told to stop, at the very longest, in milliseconds. */
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
      return startSeat({
        ...options,
        attemptQueue,
        createSeated: createWorker,
        createWaiting: async (seatQueue, activities) =>
          Worker.create({
            ...attempts,
            taskQueue: seatQueue,
            activities,
            maxConcurrentActivityTaskExecutions: 1,
            // Whoever has the seat gives it back when its attempts have ended.
            shutdownGraceTime: stopMs,
            shutdownForceTime: stopMs,
          }),
      });
    }),
  );
}

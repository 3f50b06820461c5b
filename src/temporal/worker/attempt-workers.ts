// The workers of operations whose limits hold for the whole fleet: each polls the operation's own task queue. Temporal keeps a
// rate: it hands out so many attempts a second to all workers together. An exclusive worker keeps a concurrency: it alone polls.
// Neither runs workflows.
import { Worker } from '@temporalio/worker';
import { toAttemptQueue } from '../../contract/workflow/attempt-queue.ts';
import type { Registry } from '../../operations/registry.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';
import { startExclusiveWorker, type ExclusiveWorkerOptions } from './exclusive-worker.ts';

export interface AttemptWorkersOptions extends Omit<
  ExclusiveWorkerOptions,
  'attemptQueue' | 'createAttemptWorker'
> {
  readonly registry: Registry;
}

/** Starts a worker for each operation that is limited in the whole fleet; none when there is no such operation. */
export async function startAttemptWorkers(
  options: AttemptWorkersOptions,
): Promise<RunningWorker[]> {
  const { taskQueue, registry, attempts } = options;
  const own = registry.all.flatMap(({ operation, policy }) => {
    const attemptQueue = toAttemptQueue(taskQueue, operation.name, policy);
    return attemptQueue === taskQueue ? [] : [{ attemptQueue, policy }];
  });
  return Promise.all(
    own.map(async ({ attemptQueue, policy: { concurrency, ratePerSecond } }) => {
      const createAttemptWorker = async () =>
        Worker.create({
          ...attempts,
          taskQueue: attemptQueue,
          ...(ratePerSecond !== undefined && { maxTaskQueueActivitiesPerSecond: ratePerSecond }),
          ...(concurrency !== undefined && { maxConcurrentActivityTaskExecutions: concurrency }),
        });
      if (concurrency === undefined) return runWorker(await createAttemptWorker());
      return startExclusiveWorker({ ...options, attemptQueue, createAttemptWorker });
    }),
  );
}

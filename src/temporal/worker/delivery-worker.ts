// The worker of callbacks: it polls a task queue of their own. Invariant: a receiver that does not answer takes no room from
// attempts, and attempts that take long keep no callback waiting.
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { toDeliveryQueue } from '../../contract/workflow/callback.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';

/** Callbacks that one worker sends at once; each holds a small body and a connection for at most 20 s. */
const MAX_DELIVERIES = 100;

/** Polls at once: a callback is less urgent than an attempt. */
const POLLS = 2;

/** Starts it; `callbacks` is how this process runs the activities of deliveries. */
export async function startDeliveryWorker(
  callbacks: Omit<WorkerOptions, 'taskQueue'>,
  taskQueue: string,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    ...callbacks,
    taskQueue: toDeliveryQueue(taskQueue),
    maxConcurrentActivityTaskExecutions: MAX_DELIVERIES,
    maxConcurrentActivityTaskPolls: POLLS,
  });
  return runWorker(worker);
}

// The worker of what this process alone holds: calls that wait for an answer, and tasks in processes that it has started. Its queue
// has a name of its own, which ends with the process. Invariant: what is held waits behind nothing that may run anywhere.
import { randomUUID } from 'node:crypto';
import { Worker, type WorkerOptions } from '@temporalio/worker';
import { toHolderQueue } from '../../contract/workflow/call.ts';
import type { Registry } from '../../operations/registry.ts';
import { runWorker, type RunningWorker } from './running-worker.ts';

/** Polls at once: few calls ask. */
const POLLS = 2;

/**
 * The queue of this process; `null` where no operation leaves anything behind.
 *
 * @param comesLater whether such an operation may come while the worker runs
 */
export function findHolderQueue(
  { all }: Registry,
  taskQueue: string,
  comesLater = false,
): string | null {
  const holds = comesLater || all.some(({ operation }) => operation.steps.kind === 'call');
  return holds ? toHolderQueue(taskQueue, randomUUID()) : null;
}

/** @param attempts how every worker of this process runs attempts */
export async function startHolderWorker(
  attempts: Omit<WorkerOptions, 'taskQueue'>,
  taskQueue: string,
): Promise<RunningWorker> {
  const worker = await Worker.create({
    ...attempts,
    taskQueue,
    maxConcurrentActivityTaskPolls: POLLS,
  });
  return runWorker(worker);
}

// The rest of the time before a task begins, where Temporal hands it to a worker earlier: because it asks first, or is to be
// cancelled. Invariant: nothing of it runs before it begins.
import { sleep } from '@temporalio/workflow';
import type { Task } from './task.ts';

/** Waits until the task begins. Rejects with a `CancelledFailure`. */
export async function awaitStart({ input, clock, statusLines }: Task): Promise<void> {
  if (input.startAfterMs === undefined || input.before) return;
  const leftMs = clock.startedAt - Date.now();
  if (leftMs <= 0) return;
  statusLines.add(`Begins at ${new Date(clock.startedAt).toISOString()}`);
  await sleep(leftMs);
}

// Cancelling a task: a request that Temporal keeps; the attempt learns of it with its next heartbeat.
import type { Client } from '@temporalio/client';
import type { Cancellation, Caller } from '../tasks/service.ts';
import { isDone } from '../contract/task.ts';
import type { Closings } from './closing.ts';
import { isNotFound, toReadError } from './failure.ts';
import { withLimit } from './limit.ts';
import type { Found, Lookup } from './lookup.ts';

/** How long the answer waits for the cancel to be confirmed, in milliseconds: an attempt hears of it within a second. */
const CONFIRM_MS = 1_500;

/** Cancels the task of a task_ref. */
export function createCancel(
  client: Client,
  namespace: string,
  lookup: Lookup,
  closings: Closings,
  limitMs: number,
): (caller: Caller, taskRef: string, reason?: string) => Promise<Cancellation> {
  return async ({ principal }, taskRef, reason = 'requested by the caller') => {
    const found = await lookup.byRef(principal, taskRef);
    if (isDone(found.task.state)) return { task: found.task, cancellation: 'already_finished' };
    const { workflowId, runId } = found;
    try {
      await withLimit(client.connection, limitMs, async () =>
        client.workflowService.requestCancelWorkflowExecution({
          namespace,
          workflowExecution: { workflowId, runId },
          reason: reason.slice(0, 1_000),
          requestId: `cancel ${taskRef}`, // repeating a cancel changes nothing
        }),
      );
    } catch (failure) {
      if (!isNotFound(failure)) throw toReadError(failure); // not found: it ended in between
    }
    const closing = await closings.wait({ workflowId, runId }, CONFIRM_MS);
    const after = closing ? lookup.close(found, closing) : await lookup.byRef(principal, taskRef);
    return toCancellation(after);
  };
}

function toCancellation({ task }: Found): Cancellation {
  if (!isDone(task.state)) return { task, cancellation: 'requested' };
  const cancelled = task.state.status === 'failed' && task.state.error.code === 'CANCELLED';
  return { task, cancellation: cancelled ? 'confirmed' : 'already_finished' };
}

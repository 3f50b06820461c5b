// Cancelling a task: a request that Temporal keeps; the attempt learns of it from the server, or with its next heartbeat.
import type { Client } from '@temporalio/client';
import type { Cancellation, Caller } from '../../tasks/service.ts';
import { isDone } from '../../contract/task.ts';
import { cut } from '../../contract/text.ts';
import { isNotFound, toReadError } from '../calls/failure.ts';
import type { LongPolls } from './long-polls.ts';
import type { Found } from './known-tasks.ts';
import type { Lookup } from './lookup.ts';
import type { CallLimits } from './call-limits.ts';
import type { Lanes } from '../lanes/lane.ts';
import { NO_REASON } from '../lanes/reason.ts';
import { asks, isTerminated } from './wait.ts';

export function createCancel(
  client: Client,
  lanes: Lanes,
  lookup: Lookup,
  longPolls: LongPolls,
  { confirmMs }: CallLimits,
): (caller: Caller, taskRef: string, reason?: string) => Promise<Cancellation> {
  const isEncrypted = client.options.loadedDataConverter.payloadCodecs.length > 0;
  return async ({ principal, signal }, taskRef, reason = NO_REASON) => {
    const found = await lookup.byRef(principal, taskRef);
    if (isDone(found.task.state)) return { task: found.task, cancellation: 'already_finished' };
    try {
      // Nothing encrypts the reason, and the caller wrote it.
      await lanes[found.lane]?.requestCancel(
        found,
        taskRef,
        isEncrypted ? NO_REASON : cut(reason, 1_000),
      );
    } catch (failure) {
      if (!isNotFound(failure)) throw toReadError(failure); // not found: it ended in between
    }
    const closing = await longPolls.wait(found, Date.now() + confirmMs, signal);
    // A task that asked may have been answered meanwhile, which moves its deadline: only another read shows it.
    return toCancellation(
      closing && !isTerminated(closing.outcome) && !asks(found.task.state)
        ? lookup.close(found, closing)
        : await lookup.byRef(principal, taskRef),
    );
  };
}

function toCancellation({ task }: Found): Cancellation {
  if (!isDone(task.state)) return { task, cancellation: 'requested' };
  const cancelled = task.state.status === 'failed' && task.state.error.code === 'CANCELLED';
  return { task, cancellation: cancelled ? 'confirmed' : 'already_finished' };
}

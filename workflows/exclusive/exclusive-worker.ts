// The exclusive worker of an operation that limits its attempts in the whole fleet: the one worker that polls them. Being it is
// an activity without an end. When its worker leaves or vanishes, Temporal retries the activity on another worker, and a retry
// adds nothing to the history. Invariant: at any time at most one worker runs this activity.
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { EXCLUSIVE_ACTIVITY, toExclusiveQueue } from '../../src/contract/workflow/attempt-queue.ts';

/** Longest silence of the exclusive worker before another takes its place. */
const SILENCE = '10s';

/** Has one worker after the other be the exclusive one, for ever. */
export async function keepExclusiveWorker(): Promise<void> {
  const activities = proxyActivities<Record<typeof EXCLUSIVE_ACTIVITY, () => Promise<void>>>({
    taskQueue: toExclusiveQueue(workflowInfo().workflowId),
    startToCloseTimeout: '10 years',
    heartbeatTimeout: SILENCE,
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  });
  await activities[EXCLUSIVE_ACTIVITY]();
}

// The task queue of an operation's attempts. An operation whose limits hold for the whole fleet has one of its own, so that
// its limits delay no other operation; gateway, workflow and worker all take its name from here.
import type { Policy } from './policy.ts';

/**
 * The task queue of an operation's attempts: its own where the policy limits concurrency or rate, otherwise the one
 * that all share.
 *
 * @param taskQueue the one that all share
 */
export function toAttemptQueue(taskQueue: string, operation: string, policy: Policy): string {
  const isLimited = policy.concurrency !== undefined || policy.ratePerSecond !== undefined;
  return isLimited ? `${taskQueue}/${operation}` : taskQueue;
}

/** The workflow type that makes one worker at a time the exclusive worker of an attempt queue. */
export const EXCLUSIVE_TYPE = 'keepSeat';

/** The activity that the exclusive worker runs as long as it is the exclusive one. */
export const EXCLUSIVE_ACTIVITY = 'longhaul.sit';

const EXCLUSIVE_PREFIX = 'longhaul-seat/';

/** The workflow that chooses the exclusive worker of an attempt queue. No task has this id: theirs hold a colon. */
export function toExclusiveId(attemptQueue: string): string {
  return `${EXCLUSIVE_PREFIX}${attemptQueue}`;
}

/** The task queue on which workers wait to be the exclusive one. */
export function toExclusiveQueue(workflowId: string): string {
  return `${workflowId.slice(EXCLUSIVE_PREFIX.length)}/seat`;
}

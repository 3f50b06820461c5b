// The task queue of an operation's attempts. An operation whose limits hold for the whole fleet has one of its own, so that
// its limits hold nobody else up; gateway, workflow and worker all learn its name here.
import type { Policy } from './policy.ts';

/**
 * The task queue of an operation's attempts: its own where the policy limits concurrency or rate, otherwise the one of
 * everybody.
 *
 * @param taskQueue the one of everybody
 */
export function toAttemptQueue(taskQueue: string, operation: string, policy: Policy): string {
  const isLimited = policy.concurrency !== undefined || policy.ratePerSecond !== undefined;
  return isLimited ? `${taskQueue}/${operation}` : taskQueue;
}

/** The workflow type that gives the seat of an attempt queue to one worker at a time. */
export const EXCLUSIVE_TYPE = 'keepSeat';

/** The activity that is having the seat. */
export const EXCLUSIVE_ACTIVITY = 'longhaul.sit';

const SEAT_PREFIX = 'longhaul-seat/';

/** The workflow that keeps the seat of an attempt queue. No task has this id: theirs hold a colon. */
export function toExclusiveId(attemptQueue: string): string {
  return `${SEAT_PREFIX}${attemptQueue}`;
}

/** The task queue on which workers wait for the seat that a workflow keeps. */
export function toExclusiveQueue(seatId: string): string {
  return `${seatId.slice(SEAT_PREFIX.length)}/seat`;
}

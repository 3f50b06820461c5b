// The seat of an operation that runs a limited number of attempts in the whole fleet: the one worker that has it polls the
// operation's attempts. Having it is an activity without an end; when its worker leaves or vanishes, Temporal gives it to the
// next, and no history grows by that. Invariant: at any time at most one worker was given the seat and has not lost it.
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import { SEAT_ACTIVITY, toSeatQueue } from '../../src/contract/attempt-queue.ts';

/** How long nobody may hear of a worker before its seat is given to another. */
const SILENCE = '10s';

/** Gives the seat to one worker after the other, for ever. */
export async function keepSeat(): Promise<void> {
  const activities = proxyActivities<Record<typeof SEAT_ACTIVITY, () => Promise<void>>>({
    taskQueue: toSeatQueue(workflowInfo().workflowId),
    startToCloseTimeout: '10 years',
    heartbeatTimeout: SILENCE,
    retry: { initialInterval: '1s', backoffCoefficient: 1 },
  });
  await activities[SEAT_ACTIVITY]();
}

// How many of a worker's slots one principal takes. Fairness orders what waits, and frees no slot: attempts that last would keep
// all other principals out. An attempt over the share is put off before it begins, and waits in its workflow.
// Invariant: a principal without a running attempt finds a slot, until as many principals run attempts as halve the slots to one.
import { toPutOffFailure, type Guard } from '../../../activities/attempt/guard.ts';
import type { Pace } from './paced-slots.ts';
import { createTurns, type Turns } from './turns.ts';

/**
 * Creates what stands before the attempts of one worker: a principal begins another only while it runs fewer than a share of
 * what it and the free slots are together. With a share of a half, one alone takes half of the slots, two a third each.
 *
 * @param slots attempts at once
 * @param share above 0; 1 is all of the slots
 * @param pace what hands out the slots
 * @param now the time, in milliseconds
 */
export function createSlotShare(
  slots: number,
  share: number,
  pace: Pace | null = null,
  now = () => performance.now(),
): Guard {
  const principals = new Map<string, Turns>();
  let all = 0;
  const hasRoom = ({ running }: Turns): boolean =>
    running === 0 || running < share * (running + slots - all);
  return async (attempt, principal) => {
    const turns = principals.get(principal) ?? createTurns(now);
    if (!hasRoom(turns)) {
      pace?.putOff();
      throw toPutOffFailure(
        `${turns.running} attempts of the same caller run, which is its share of the worker's slots (limits.runningShare); nothing was run`,
        { code: 'RATE_LIMITED', turnMs: turns.next() },
      );
    }
    principals.set(principal, turns);
    turns.begin();
    all += 1;
    pace?.begun(hasRoom(turns));
    try {
      return await attempt();
    } finally {
      all -= 1;
      turns.end();
      if (turns.running === 0) principals.delete(principal);
      pace?.ended();
    }
  };
}

// When attempts that were put off come again: one after the other, at the rate at which running attempts of their principal end, and
// somewhat faster, so that no free slot waits long. Each that comes in vain costs a dozen calls of Temporal, so thousands that came
// again and again would take the processors. I1: whatever waits, a slot that becomes free is followed by at most ten turns.

/** A running attempt that ends is followed by two turns; by more where few run, whose slots would otherwise be empty for too long. */
const TURNS_FOR_ALL = 8;

/** The first turn comes after this, in milliseconds. */
const SOONEST_MS = 1_000;

/** No turn comes later, in milliseconds: attempts may become shorter than those before them. */
const LATEST_MS = 300_000;

/** After so many ends for each that runs, the earlier half counts less. */
const MEMORY = 8;

export interface Turns {
  readonly running: number;
  begin(): void;
  end(): void;
  /** In how long the next turn comes, in milliseconds; the one after it comes later. */
  next(): number;
}

export function createTurns(now: () => number): Turns {
  let running = 0;
  let ends = 0;
  let ranMs = 0;
  let countedAt = now();
  let turnAt = 0;
  const count = (change: number): void => {
    ranMs += running * (now() - countedAt);
    countedAt = now();
    running += change;
  };
  return {
    get running() {
      return running;
    },
    begin: () => {
      count(1);
    },
    end: () => {
      count(-1);
      ends += 1;
      if (ends < MEMORY * (running + 1)) return;
      ends /= 2;
      ranMs /= 2;
    },
    next: () => {
      count(0);
      // Those that run count as if they ended now: a guess that is too short costs turns, one that is too long leaves slots empty.
      const lastMs = ranMs / (ends + running);
      const spacingMs = lastMs / (2 * running + TURNS_FOR_ALL);
      turnAt = Math.max(turnAt + spacingMs, countedAt + SOONEST_MS);
      turnAt = Math.min(turnAt, countedAt + LATEST_MS);
      return Math.round(turnAt - countedAt);
    },
  };
}

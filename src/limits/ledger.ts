// How many tasks of one scope are open: a count of the whole fleet, and what this gateway has seen since. Temporal's
// visibility lags behind, so a count leaves out what is too fresh to be certain there, and the ledger adds exactly that.
// Invariant: a task that this gateway has started or seen end is counted once or not at all, whenever the count was made.

/** Starts this fresh, in milliseconds, are not looked for in a count but remembered. */
const START_LAG_MS = 2_000;

/** Ends this fresh, in milliseconds, are still in a count, and taken off here. */
const END_LAG_MS = 500;

/** Starts, and ends, remembered; of more, the oldest go into the number, until the next count. */
const REMEMBERED = 1_000;

/** The instants that a count goes by, in milliseconds since the epoch. */
export interface Cut {
  /** Counted are tasks that were started before this ... */
  readonly startedBefore: number;
  /** ... and run, or have ended at this instant or later. */
  readonly endedFrom: number;
}

export interface Ledger {
  readonly open: number;
  /** Puts a task down; whether it was new. */
  add(workflowId: string, startedAt: number): boolean;
  /** Takes a task off that was put down and never came to be. */
  strike(workflowId: string): void;
  /** Notes an end. Each is to be noted once. */
  end(workflowId: string, startedAt: number, endedAt: number): void;
  /** Takes over a count that was made by this cut. */
  settle(count: number, cut: Cut): void;
}

export function toCut(now: number): Cut {
  return { startedBefore: now - START_LAG_MS, endedFrom: now - END_LAG_MS };
}

interface End {
  readonly startedAt: number;
  readonly endedAt: number;
}

export function createLedger(now: number): Ledger {
  let base = 0;
  let cut = toCut(now);
  const starts = new Map<string, number>();
  let ends: End[] = [];
  const isInBase = ({ startedAt, endedAt }: End) =>
    startedAt < cut.startedBefore && endedAt >= cut.endedFrom;

  return {
    get open() {
      return Math.max(0, base + starts.size - ends.filter(isInBase).length);
    },
    add: (workflowId, startedAt) => {
      if (starts.has(workflowId)) return false;
      if (starts.size >= REMEMBERED) {
        const [oldest] = starts.keys();
        if (oldest !== undefined) starts.delete(oldest);
        base += 1;
      }
      starts.set(workflowId, startedAt);
      return true;
    },
    strike: (workflowId) => {
      starts.delete(workflowId);
    },
    end: (workflowId, startedAt, endedAt) => {
      starts.delete(workflowId);
      if (endedAt < cut.endedFrom) return;
      ends.push({ startedAt, endedAt });
      if (ends.length <= REMEMBERED) return;
      const [oldest] = ends.splice(0, 1);
      if (oldest && isInBase(oldest)) base -= 1;
    },
    settle: (count, made) => {
      base = count;
      cut = made;
      for (const [workflowId, startedAt] of starts) {
        if (startedAt < cut.startedBefore) starts.delete(workflowId);
      }
      ends = ends.filter(({ endedAt }) => endedAt >= cut.endedFrom);
    },
  };
}

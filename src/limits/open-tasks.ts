// Room for open tasks, without a call to Temporal where there is room: counts are renewed beside the starts, never before
// them. Only a start that finds no room waits for a count, which may have some. Invariants: counts are few, however many
// calls come; the memory is bounded, however many principals.
import { LRUCache } from 'lru-cache';
import { createShare } from '../tasks/share.ts';
import { createLedger, toCut, type Cut, type Ledger } from './ledger.ts';
import { toScopeKey, type Bound, type Scope } from './rules.ts';
import { createTokenBuckets } from './token-buckets.ts';

/** Counts the tasks of a scope that a cut includes, in the whole fleet. */
export interface CountOpen {
  /** How many queries one count takes. */
  readonly queries: number;
  readonly count: (scope: Scope, cut: Cut) => Promise<number>;
}

/** A count older than this is renewed beside a start, in milliseconds. */
const RENEW_MS = 2_000;

/** One that is younger than this is good enough to refuse by, in milliseconds. */
const FRESH_MS = 1_000;

/** When to come back, in milliseconds: whatever has ended by now, anywhere in the fleet, is known by then. */
export const ROOM_RETRY_MS = 3_000;

/** Queries of one gateway. Visibility allows a namespace 10 a second by default, and others list. */
const QUERIES_PER_SECOND = 5;

/** Counts at once. */
const BURST = 5;

/** Scopes remembered; of more, those used longest ago are counted anew. */
const REMEMBERED = 10_000;

/** How long an unused one is remembered, in milliseconds. */
const IDLE_MS = 60_000;

/** A task, about to be started. */
export interface Starting {
  readonly workflowId: string;
  /** In milliseconds since the epoch. */
  readonly startedAt: number;
}

export interface Ended extends Starting {
  /** In milliseconds since the epoch. */
  readonly endedAt: number;
}

type Room =
  | { readonly full: Bound<number> }
  /** `giveBack` is for a task that did not come to be. */
  | { readonly full: null; readonly giveBack: () => void };

export interface OpenTasks {
  /** Takes room for a task within every bound, or within none. */
  take(task: Starting, bounds: readonly Bound<number>[]): Promise<Room>;
  /** Notes that a task has ended; only scopes that were asked about lately take note. */
  end(task: Ended, scopes: readonly Scope[]): void;
}

interface Known {
  readonly ledger: Ledger;
  /** When it was counted last, or was tried to; in milliseconds since the epoch. */
  countedAt: number;
}

/** Makes what renews the count of a scope; concurrent calls share one count. */
function createRenew(
  { queries, count }: CountOpen,
  clock: () => number,
): (scope: Scope, known: Known) => Promise<void> {
  const counts = createTokenBuckets(clock);
  const rate = { perSecond: QUERIES_PER_SECOND / queries, burst: BURST };
  const share = createShare<undefined>();
  return async (scope, known) => {
    await share(toScopeKey(scope), async () => {
      if (counts.delay('', rate) > 0) return undefined;
      counts.take('', rate);
      known.countedAt = clock();
      const cut = toCut(known.countedAt);
      const open = await count(scope, cut).catch(() => null);
      if (open !== null) known.ledger.settle(open, cut); // otherwise the last known number stays in use
      return undefined;
    });
  };
}

/** @param clock milliseconds since the epoch */
export function createOpenTasks(count: CountOpen, clock: () => number = Date.now): OpenTasks {
  const scopes = new LRUCache<string, Known>({
    max: REMEMBERED,
    ttl: IDLE_MS,
    updateAgeOnGet: true,
    perf: { now: clock },
    memoMethod: () => ({ ledger: createLedger(clock()), countedAt: -Infinity }),
  });
  const renew = createRenew(count, clock);
  let purgedAt = clock();

  const find = (scope: Scope): Known => scopes.memo(toScopeKey(scope));

  const isFull = ({ scope, value }: Bound<number>) => find(scope).ledger.open >= value;

  /** The bound that leaves no room, by a count that is fresh. */
  const findFull = async (bounds: readonly Bound<number>[]): Promise<Bound<number> | null> => {
    for (const bound of bounds) {
      if (!isFull(bound)) continue;
      const known = find(bound.scope);
      if (clock() - known.countedAt >= FRESH_MS) await renew(bound.scope, known);
      if (isFull(bound)) return bound;
    }
    return bounds.find(isFull) ?? null; // while this call waited, others have come
  };

  /** Forgets scopes that were not asked about for a while. */
  const purge = (): void => {
    if (clock() - purgedAt <= IDLE_MS) return;
    purgedAt = clock();
    scopes.purgeStale();
  };

  return {
    take: async ({ workflowId, startedAt }, bounds) => {
      purge();
      const full = bounds.some(isFull) ? await findFull(bounds) : null;
      if (full) return { full };
      const taken: Ledger[] = [];
      for (const { scope } of bounds) {
        const known = find(scope);
        // A repeated call finds its task put down, and must not take it off again.
        if (known.ledger.add(workflowId, startedAt)) taken.push(known.ledger);
        if (clock() - known.countedAt > RENEW_MS) void renew(scope, known);
      }
      return {
        full: null,
        giveBack: () => {
          for (const ledger of taken) ledger.strike(workflowId);
        },
      };
    },
    end: ({ workflowId, startedAt, endedAt }, ended) => {
      for (const scope of ended) {
        scopes.peek(toScopeKey(scope))?.ledger.end(workflowId, startedAt, endedAt);
      }
    },
  };
}

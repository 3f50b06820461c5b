// How many starts a second a principal gets. A bucket is one number, the instant at which it would be full again
// (the generic cell rate algorithm). Invariants: in any span of time no more are taken than the burst and what the span
// refills; a caller that comes after the time that was named, and before any other, is served.
import { LRUCache } from 'lru-cache';

export interface Rate {
  readonly perSecond: number;
  /** At least 1. */
  readonly burst: number;
}

/** Buckets by key, full until something is taken. */
export interface TokenBuckets {
  /** Milliseconds after which one can be taken; 0 when it can be now. Takes nothing. */
  delay(key: string, rate: Rate): number;
  take(key: string, rate: Rate): void;
}

/** Buckets remembered, at about 100 bytes each; of more, those used longest ago count as full. */
const REMEMBERED = 20_000;

/** Far below a clock's tick: what sums of fractions may be off by, in milliseconds. */
const ROUNDING_MS = 1e-6;

/** Creates them; `clock` in milliseconds, which never goes back. */
export function createTokenBuckets(clock: () => number = () => performance.now()): TokenBuckets {
  const fullAt = new LRUCache<string, number>({ max: REMEMBERED });
  return {
    delay: (key, { perSecond, burst }) => {
      const ahead = (fullAt.get(key) ?? -Infinity) - clock();
      const delay = ahead - ((burst - 1) * 1000) / perSecond;
      return delay > ROUNDING_MS ? Math.ceil(delay) : 0;
    },
    take: (key, { perSecond }) => {
      const now = clock();
      fullAt.set(key, Math.max(fullAt.get(key) ?? now, now) + 1000 / perSecond);
    },
  };
}

// How much of a store a principal uses. The store itself is counted now and then, and what this process writes is added in between.
// Invariants: no write is refused by a count that is old; results are counted and never refused, since the work for them is done.
import { LRUCache } from 'lru-cache';
import { OperationError } from '../contract/errors.ts';

/** The quota of every principal, each known by its folder. */
export interface Quota {
  /** Notes bytes that are about to be written. Rejects with `RATE_LIMITED` where they do not fit. */
  take(folder: string, bytes: number): Promise<void>;
  /** Notes bytes that are written whether they fit or not; negative ones were given up. */
  note(folder: string, bytes: number): void;
  /** Why a folder is full, as it was counted last, or `null`; has it counted where that is long ago. */
  refusal(folder: string): OperationError | null;
}

/** A count older than this is renewed, in milliseconds: files expire, and other processes write. */
const RENEW_MS = 60_000;

/** One that is younger than this is good enough to refuse by, in milliseconds. */
const FRESH_MS = 2_000;

/** When to come back, in milliseconds: files go when they expire, which a sweep checks every hour. */
const RETRY_MS = 600_000;

/** Principals remembered; of more, the one that was used longest ago is counted anew. */
const REMEMBERED = 10_000;

interface Used {
  bytes: number;
  /** In milliseconds since the epoch. */
  countedAt: number;
  counting: Promise<void> | null;
}

/** Creates it. `limitBytes`: what one principal may use. */
export function createQuota(
  limitBytes: number,
  sizeOf: (folder: string) => Promise<number>,
): Quota {
  const known = new LRUCache<string, Used>({
    max: REMEMBERED,
    memoMethod: () => ({ bytes: 0, countedAt: -Infinity, counting: null }),
  });
  const renew = async (folder: string, used: Used, maxAgeMs: number): Promise<void> => {
    if (Date.now() - used.countedAt < maxAgeMs) return;
    used.counting ??= sizeOf(folder)
      .then((bytes) => {
        Object.assign(used, { bytes, countedAt: Date.now() });
      })
      .finally(() => {
        used.counting = null;
      });
    await used.counting;
  };
  return {
    take: async (folder, bytes) => {
      const used = known.memo(folder);
      await renew(folder, used, RENEW_MS);
      if (used.bytes + bytes > limitBytes) await renew(folder, used, FRESH_MS);
      if (used.bytes + bytes > limitBytes) throw createFullError(limitBytes);
      used.bytes += bytes;
    },
    note: (folder, bytes) => {
      const used = known.get(folder);
      if (used) used.bytes = Math.max(0, used.bytes + bytes);
    },
    refusal: (folder) => {
      const used = known.memo(folder);
      // If counting fails, the last known number stays in use.
      void renew(folder, used, RENEW_MS).catch(() => undefined);
      return used.bytes >= limitBytes ? createFullError(limitBytes) : null;
    },
  };
}

function createFullError(allowed: number): OperationError {
  return new OperationError(
    'RATE_LIMITED',
    `stored files are limited to ${allowed} bytes (limits.storageBytes), and as many are there: some have to expire first`,
    { retryAfterMs: RETRY_MS, details: { limit: 'storage_bytes', allowed } },
  );
}

// The lines of the SDK's native client that say the same again: while Temporal is away it tells of each attempt of each call, a thousand
// times a minute. Invariant: the next line of a kind says how many like it were left out.
import { LRUCache } from 'lru-cache';

/** How often at most one of a kind is written, in milliseconds. */
const AGAIN_MS = 60_000;
const KINDS = 100;

/** How many like this line were left out before it; `null` where it is left out itself. Two lines of a kind differ in numbers alone. */
export function createRepeatedLines(
  now: () => number = () => performance.now(),
): (message: string) => number | null {
  const written = new LRUCache<string, { readonly until: number; left: number }>({ max: KINDS });
  return (message) => {
    const kind = message.replace(/\d+/g, '');
    const last = written.get(kind);
    if (last && now() < last.until) {
      last.left += 1;
      return null;
    }
    written.set(kind, { until: now() + AGAIN_MS, left: 0 });
    return last?.left ?? 0;
  };
}

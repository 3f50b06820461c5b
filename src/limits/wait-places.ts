// How many calls of a principal wait at the same time. Memory is bounded by the calls themselves: a place is given up with
// its call.

export interface WaitPlaces {
  /** Milliseconds after which a place is free at the latest; 0 when one is now. Takes nothing. */
  delay(key: string, places: number): number;
  /** Takes a place until it is left, at the latest at `until`, in milliseconds of the clock. */
  enter(key: string, until: number): () => void;
}

/** Creates them; `clock` in milliseconds. */
export function createWaitPlaces(clock: () => number = Date.now): WaitPlaces {
  const taken = new Map<string, Set<{ readonly until: number }>>();
  return {
    delay: (key, places) => {
      const waits = taken.get(key);
      if (!waits || waits.size < places) return 0;
      const ends = [...waits].map(({ until }) => until).toSorted((a, b) => a - b);
      // A smaller number of places than are taken can only come from a caller's mistake; then the last of them counts.
      const end = ends[waits.size - places] ?? clock();
      return Math.max(1, Math.ceil(end - clock()));
    },
    enter: (key, until) => {
      const wait = { until };
      const waits = taken.get(key) ?? new Set();
      waits.add(wait);
      taken.set(key, waits);
      return () => {
        if (waits.delete(wait) && waits.size === 0) taken.delete(key);
      };
    },
  };
}

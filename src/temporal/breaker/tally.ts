// Failures by principal since the upstream was last found well. One caller's parameters may make an upstream fail, and that is no
// reason to switch its operation off for others. Invariant: no caller alone, and no caller for more than half, is the reason.

export interface Tally {
  /**
   * Counts a failure; whether those so far speak against the upstream itself.
   *
   * @param probes whether it was to find out if the upstream is well again: then two principals in a row are enough
   */
  fail(principal: string, probes: boolean): boolean;
  clear(): void;
}

/** @param failures how many speak against the upstream */
export function createTally(failures: number): Tally {
  const counts = new Map<string, number>();
  const most = Math.ceil(failures / 2);
  return {
    fail: (principal, probes) => {
      counts.set(principal, (counts.get(principal) ?? 0) + 1);
      const counted = [...counts.values()].reduce((sum, count) => sum + Math.min(count, most), 0);
      const speaks = counts.size > 1 && (probes || counted >= failures);
      if (speaks) counts.clear();
      return speaks;
    },
    clear: () => {
      counts.clear();
    },
  };
}

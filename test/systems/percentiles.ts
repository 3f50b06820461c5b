// Percentiles of what was measured.

/** Percentiles of some values; `null` where there are none. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p99: number | null;
}

/** The least value that so many are not above. */
export function toPercentiles(values: readonly number[]): Percentiles {
  const sorted = toSorted(values);
  const at = (share: number) => sorted[Math.ceil(sorted.length * share) - 1] ?? null;
  return { p50: at(0.5), p99: at(0.99) };
}

/** The value in the middle, or right behind it; NaN where there are none. */
export function median(values: readonly number[]): number {
  return toSorted(values)[Math.floor(values.length / 2)] ?? NaN;
}

function toSorted(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

// When to ask again. The hint is stateless: it grows with the age of the task, so it is the same from every gateway and
// amounts to an exponential back-off for a caller that follows it.

/** How the hint grows; the names of the configuration's `polling` group. */
export interface PollingHints {
  /** First hint and lower bound, in milliseconds. */
  readonly initialIntervalMs: number;
  /** Upper bound, in milliseconds. */
  readonly maxIntervalMs: number;
  /** Factor from one poll to the next, at least 1. */
  readonly backoffMultiplier: number;
}

/** What answers say about coming back; the names of the configuration's `polling` group. */
export interface Polling extends PollingHints {
  /** Longest `wait_seconds` that is honoured. */
  readonly waitCapSeconds: number;
}

/** Milliseconds after which a task of this age is worth another read. */
export function toPollAfterMs(ageMs: number, hints: PollingHints): number {
  const { initialIntervalMs, maxIntervalMs, backoffMultiplier } = hints;
  const grown = initialIntervalMs + Math.max(0, ageMs) * (backoffMultiplier - 1);
  return Math.round(Math.min(Math.max(grown, initialIntervalMs), maxIntervalMs));
}

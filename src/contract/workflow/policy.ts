// The limits of an operation, resolved: what the workflow obeys. It travels in the workflow's input, so a task keeps
// the policy it was started with.

export interface Policy {
  /** Longest wait for a worker, in milliseconds (schedule-to-start). */
  readonly queueMs: number;
  /** Longest single attempt, in milliseconds (start-to-close). */
  readonly attemptMs: number;
  /** Longest time from start to outcome, in milliseconds (schedule-to-close). */
  readonly totalMs: number;
  /** Silence after which an attempt counts as vanished, in milliseconds. */
  readonly heartbeatMs: number;
  /** Longest wait for one round of input, in milliseconds; it does not count against the others. Absent: 24 hours. */
  readonly inputMs?: number;
  /** What happens after a failure that the operation reports as retryable. */
  readonly retry: RetryPolicy;
  /** How often an attempt that vanished may be run again. Absent, as in tasks of earlier versions: as often as the total holds. */
  readonly recoveries?: number;
  /** Attempts at once, in the whole fleet. Absent: as many as the workers take. */
  readonly concurrency?: number;
  /** Attempts that begin per second, in the whole fleet, on the average. Absent: as many as come. */
  readonly ratePerSecond?: number;
  /** When attempts are put off because too many failed. Absent: never. */
  readonly breaker?: BreakerPolicy;
}

/** How often and how fast a reported, retryable failure is tried again. */
export interface RetryPolicy {
  /** Attempts after the first; 0 leaves the decision to the caller. */
  readonly attempts: number;
  /** Pause before the second attempt, in milliseconds. */
  readonly initialIntervalMs: number;
  readonly backoffCoefficient: number;
  readonly maximumIntervalMs: number;
}

export interface BreakerPolicy {
  /** Failures of the upstream, one after the other in one worker, after which it opens. */
  readonly failures: number;
  /** How long it stays open before an attempt may find out whether the upstream is well again, in milliseconds. */
  readonly openMs: number;
}

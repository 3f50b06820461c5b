// How long one call about a task waits for Temporal and its workers, in milliseconds.
export interface CallLimits {
  /** For Temporal to answer a read, a list, a cancel or an answer. */
  readonly readMs: number;
  /** For a cancel to be confirmed. */
  readonly confirmMs: number;
  /** For a task to take note of an answer: only a worker can do that, and perhaps none polls. */
  readonly noteMs: number;
}

/** Short, since an agent waits: a cancel reaches an attempt within a second. */
export const CALL_LIMITS: CallLimits = { readMs: 5_000, confirmMs: 1_500, noteMs: 1_500 };

// How long a call about a task waits for what is not the gateway's own doing.

/** Longest waits of one call, in milliseconds. */
export interface Patience {
  /** For Temporal to answer a read, a list, a cancel or an answer. */
  readonly readMs: number;
  /** For a cancel to be confirmed. */
  readonly confirmMs: number;
  /** For a task to take note of an answer: only a worker can, and none may be there. */
  readonly noteMs: number;
}

/** An agent is not kept long: an attempt hears of a cancel within a second. */
export const PATIENCE: Patience = { readMs: 5_000, confirmMs: 1_500, noteMs: 1_500 };

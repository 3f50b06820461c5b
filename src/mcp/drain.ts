// The end of a gateway's life, shared by every server of one factory. Invariants: a call that was admitted is answered,
// waits are told to end early, and nothing is admitted once the drain has begun.
import { OperationError } from '../contract/errors.ts';

/** Admits calls and lets them finish. */
export interface Drain {
  readonly begun: boolean;
  /** Runs a call. Fails with `BACKEND_UNAVAILABLE` once the drain has begun. */
  admit<Answer>(call: () => Promise<Answer>): Promise<Answer>;
  /** Calls back when the drain begins; returns what takes the listener off again. */
  onBegin(listener: () => void): () => void;
  /** Begins the drain; resolves when every admitted call has been answered. */
  begin(): Promise<void>;
}

/** Creates a drain that has not begun. */
export function createDrain(): Drain {
  let begun = false;
  let running = 0;
  let settle = (): void => undefined;
  const listeners = new Set<() => void>();
  const drained = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const settleIfDone = (): void => {
    if (begun && running === 0) settle();
  };
  return {
    get begun() {
      return begun;
    },
    admit: async (call) => {
      if (begun) {
        throw new OperationError(
          'BACKEND_UNAVAILABLE',
          'this gateway is shutting down; running tasks go on and can be read when it is back',
          { retryAfterMs: 2000 },
        );
      }
      running += 1;
      try {
        return await call();
      } finally {
        running -= 1;
        settleIfDone();
      }
    },
    onBegin: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin: () => {
      begun = true;
      for (const listener of listeners) listener();
      settleIfDone();
      return drained;
    },
  };
}

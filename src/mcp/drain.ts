// The calls that a gateway answers, shared by every server of one factory, and the end of its life. Invariants: a call that was
// admitted is answered, waits end early, nothing is admitted once the drain has begun, and no principal has more
// calls at once than it may.
import { OperationError } from '../contract/errors.ts';

export interface Drain {
  /** Aborts when the drain begins. */
  readonly signal: AbortSignal;
  /** Calls back when the drain begins, at once where it has; returns what forgets that. */
  onBegin(call: () => void): () => void;
  /**
   * Runs a call of a principal. Fails with `BACKEND_UNAVAILABLE` once the drain has begun, and with `RATE_LIMITED` where the
   * principal has too many.
   */
  admit<Answer>(principal: string, call: () => Promise<Answer>): Promise<Answer>;
  /** Begins the drain; resolves when every admitted call has been answered. */
  begin(): Promise<void>;
}

/** When to come back with a call above the limit, in milliseconds. */
const FULL_MS = 1_000;

/** @param maxCalls calls of one principal at once */
export function createDrain(maxCalls = Infinity): Drain {
  const byPrincipal = new Map<string, number>();
  const ending = new AbortController();
  const { signal } = ending;
  const beginnings = new Set<() => void>();
  let settle = (): void => undefined;
  const drained = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const settleIfDone = (): void => {
    if (signal.aborted && byPrincipal.size === 0) settle();
  };
  return {
    signal,
    onBegin: (call) => {
      if (signal.aborted) call();
      beginnings.add(call);
      return () => beginnings.delete(call);
    },
    admit: async (principal, call) => {
      if (signal.aborted) {
        throw new OperationError(
          'BACKEND_UNAVAILABLE',
          'this gateway is shutting down; running tasks go on and can be read when it is back',
          { retryAfterMs: 2000 },
        );
      }
      const others = byPrincipal.get(principal) ?? 0;
      if (others >= maxCalls) {
        throw new OperationError(
          'RATE_LIMITED',
          `${others} calls of this caller are being answered, as many as this gateway answers at once; nothing was started`,
          { retryAfterMs: FULL_MS, details: { limit: 'concurrent_calls', allowed: maxCalls } },
        );
      }
      byPrincipal.set(principal, others + 1);
      try {
        return await call();
      } finally {
        const left = (byPrincipal.get(principal) ?? 1) - 1;
        if (left > 0) byPrincipal.set(principal, left);
        else byPrincipal.delete(principal);
        settleIfDone();
      }
    },
    begin: () => {
      ending.abort();
      for (const call of beginnings) call();
      settleIfDone();
      return drained;
    },
  };
}

// What follows a failed attempt: a pure decision. Two repetitions are kept apart. *Retry*: the operation failed and
// said so; the policy decides. *Recovery*: the attempt vanished with its worker; an idempotent operation runs again
// within its total time, any other never runs twice.
import type { TaskError } from '../src/contract/errors.ts';
import type { RetryPolicy } from '../src/contract/policy.ts';

/** What has happened so far, in this task. */
export interface Tally {
  /** Failures that the operation reported, this one included. */
  readonly failures: number;
  /** Attempts that vanished or never reached an operation, this one included. */
  readonly losses: number;
}

/** Run again after a pause, in milliseconds; or stop. */
export type NextStep =
  | { readonly again: true; readonly afterMs: number; readonly kind: 'retry' | 'recovery' }
  | { readonly again: false };

/** Whether a failure counts as lost, not as failed: nobody on the operation's side reported it. */
export function isLoss(error: TaskError): boolean {
  // A worker that does not know the operation is older than the gateway: nothing has run.
  return error.code === 'OUTCOME_UNKNOWN' || error.code === 'UNKNOWN_OPERATION';
}

/** Decides what follows a failed attempt. */
export function decideNextStep(
  error: TaskError,
  tally: Tally,
  limits: {
    readonly idempotent: boolean;
    readonly retry: RetryPolicy;
    /** Time left of the total, in milliseconds. */
    readonly remainingMs: number;
  },
): NextStep {
  const { idempotent, retry, remainingMs } = limits;
  if (isLoss(error)) {
    if (error.code === 'OUTCOME_UNKNOWN' && !idempotent) return { again: false };
    // The first recovery comes at once; a worker that keeps dying is not driven in a hot loop.
    const afterMs =
      tally.losses === 1 && error.code === 'OUTCOME_UNKNOWN' ? 0 : pause(retry, tally.losses);
    return within(remainingMs, { again: true, afterMs, kind: 'recovery' });
  }
  if (!error.retryable || tally.failures > retry.attempts) return { again: false };
  if (error.code === 'ATTEMPT_TIMEOUT' && !idempotent) return { again: false };
  if (error.code === 'QUEUE_TIMEOUT' || error.code === 'DEADLINE_EXCEEDED') return { again: false };
  const afterMs = Math.max(pause(retry, tally.failures), error.retryAfterMs ?? 0);
  return within(remainingMs, { again: true, afterMs, kind: 'retry' });
}

/** Exponential back-off: the pause after the n-th failure, n counted from 1. */
function pause(retry: RetryPolicy, n: number): number {
  const grown = retry.initialIntervalMs * retry.backoffCoefficient ** (n - 1);
  return Math.min(grown, retry.maximumIntervalMs);
}

/** A pause that outlasts the task is no plan: better to fail now, with the reason. */
function within(remainingMs: number, step: NextStep & { readonly again: true }): NextStep {
  return step.afterMs < remainingMs ? step : { again: false };
}

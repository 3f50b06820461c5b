// Why a task was cancelled, as its caller said.
import type { Outcome } from '../../contract/task.ts';

/** What stands in the history where the caller does not say why, or it must not hold that. */
export const NO_REASON = 'requested by the caller';

/** The reason that was given; `null` where none was. */
export function toReason(given: string): string | null {
  return given === '' || given === NO_REASON ? null : given;
}

/** The outcome of a cancelled task, with the reason. */
export function withReason(outcome: Outcome, reason: string | null): Outcome {
  if (outcome.status !== 'failed' || reason === null) return outcome;
  const message = `${outcome.error.message} (${reason})`;
  return { ...outcome, error: { ...outcome.error, message } };
}

// Why a task was cancelled: whoever asked for it said so to Temporal, whose history keeps it. Invariant: a task that was cancelled says
// the same on every face, and nothing where nobody gave a reason.
import type { temporal } from '@temporalio/proto';
import type { Outcome } from '../../../contract/task.ts';

/** What stands in the history where the caller does not say why, or it must not hold that. */
export const NO_REASON = 'requested by the caller';

/** The reason that was given; `null` where none was. */
export function findCancelReason(
  events: readonly temporal.api.history.v1.IHistoryEvent[],
): string | null {
  const causes = events.flatMap(
    ({ workflowExecutionCancelRequestedEventAttributes: cancel }) => cancel?.cause ?? [],
  );
  return causes.find((cause) => cause !== '' && cause !== NO_REASON) ?? null;
}

/** The outcome of a cancelled task, with the reason. */
export function withReason(outcome: Outcome, reason: string | null): Outcome {
  if (outcome.status !== 'failed' || reason === null) return outcome;
  const message = `${outcome.error.message} (${reason})`;
  return { ...outcome, error: { ...outcome.error, message } };
}

// Why a task was cancelled: whoever asked for it said so to Temporal, whose history keeps it. Invariant: a task that was cancelled says
// the same on every face, and nothing where nobody gave a reason.
import type { temporal } from '@temporalio/proto';
import { toReason } from '../reason.ts';

/** The reason that was given; `null` where none was. */
export function findCancelReason(
  events: readonly temporal.api.history.v1.IHistoryEvent[],
): string | null {
  const causes = events.flatMap(
    ({ workflowExecutionCancelRequestedEventAttributes: cancel }) => cancel?.cause ?? [],
  );
  return causes.find((cause) => toReason(cause) !== null) ?? null;
}

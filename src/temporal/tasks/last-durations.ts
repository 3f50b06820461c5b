// How long the last tasks of each operation took, as Temporal's index has them: what a gateway begins with. Invariant: no call waits
// for it, and where it fails, less is known.
import type { Client } from '@temporalio/client';
import { toActivityTaskRef, toWorkflowTaskRef } from '../../contract/task-ref.ts';
import type { Durations } from '../../tasks/durations.ts';
import { withLimit } from '../calls/call-limit.ts';
import { OPERATION } from '../calls/search-attributes.ts';
import type { TaskIndex } from '../lanes/task-index.ts';

const QUESTION_MS = 5_000;

/** Tasks that are asked for in each lane: the last ones. */
const LAST = 20;

/** Operations that are asked about; of others, what ends is seen in time. */
const OPERATIONS = 100;

/** Notes them, one operation after the other. */
export async function noteLastDurations(
  { connection }: Pick<Client, 'connection'>,
  indexes: readonly TaskIndex[],
  operations: readonly string[],
  durations: Durations,
): Promise<void> {
  for (const operation of operations.slice(0, OPERATIONS)) {
    // Operation names hold no quote.
    const clauses = [`${OPERATION.name} = '${operation}'`, `ExecutionStatus = 'Completed'`];
    const ended = [];
    for (const index of indexes) {
      const { entries } = await withLimit(connection, QUESTION_MS, async () =>
        index.list(clauses, LAST),
      );
      const toTaskRef = index.lane === 'workflow' ? toWorkflowTaskRef : toActivityTaskRef;
      ended.push(
        ...entries.map((entry) => ({ ...entry, taskRef: toTaskRef(entry.id, entry.runId) })),
      );
    }
    // The last one is to be remembered longest.
    for (const { taskRef, beganAt, closedAt } of ended.toSorted(
      (one, other) => one.closedAt - other.closedAt,
    )) {
      durations.note(operation, taskRef, closedAt - beganAt);
    }
  }
}

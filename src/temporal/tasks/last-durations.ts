// How long the last tasks of each operation took, as Temporal's index has them: what a gateway begins with. Invariant: no call waits
// for it, and where it fails, less is known.
import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../contract/task-ref.ts';
import type { Durations } from '../../tasks/durations.ts';
import { withLimit } from '../calls/call-limit.ts';
import { toMs } from '../calls/timestamp.ts';
import { OPERATION } from '../calls/search-attributes.ts';

const QUESTION_MS = 5_000;

/** Tasks that are asked for: the last ones. */
const LAST = 20;

/** Operations that are asked about; of others, what ends is seen in time. */
const OPERATIONS = 100;

/** Notes them, one operation after the other. */
export async function noteLastDurations(
  { connection, workflowService }: Pick<Client, 'connection' | 'workflowService'>,
  namespace: string,
  operations: readonly string[],
  durations: Durations,
): Promise<void> {
  for (const operation of operations.slice(0, OPERATIONS)) {
    // Operation names hold no quote.
    const query = `WorkflowType = '${WORKFLOW_TYPE}' AND ${OPERATION.name} = '${operation}' AND ExecutionStatus = 'Completed'`;
    const { executions } = await withLimit(connection, QUESTION_MS, async () =>
      workflowService.listWorkflowExecutions({ namespace, query, pageSize: LAST }),
    );
    // The last one comes first there, and is to be remembered longest.
    for (const { execution, startTime, executionTime, closeTime } of executions.toReversed()) {
      const taskRef = toWorkflowTaskRef(execution?.workflowId ?? '', execution?.runId ?? '');
      // A task that was to start later begins at its execution time.
      durations.note(operation, taskRef, toMs(closeTime) - toMs(executionTime ?? startTime));
    }
  }
}

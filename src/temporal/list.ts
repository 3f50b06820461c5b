// Listing tasks: visibility finds them, describe tells their state, so that a list never contradicts a read. Running
// tasks come first, then those that closed last.
import type { Client } from '@temporalio/client';
import { OperationError } from '../contract/errors.ts';
import type { TaskStatus } from '../contract/task.ts';
import { WORKFLOW_TYPE } from '../contract/task-input.ts';
import type { Caller, TaskFilter, TaskPage, TaskSummary } from '../tasks/service.ts';
import { toReadError } from './failure.ts';
import { toIdPart, toWorkflowId } from './identity.ts';
import { withLimit } from './limit.ts';
import type { Found, Lookup } from './lookup.ts';
import { OPERATION, PRINCIPAL } from './search-attributes.ts';

/** Reads at once; describe is cheap, but a list must not crowd out other readers. */
const READS_AT_ONCE = 10;

/** Lists the tasks of a caller. */
export function createList(
  client: Client,
  namespace: string,
  lookup: Lookup,
  limitMs: number,
): (caller: Caller, filter: TaskFilter) => Promise<TaskPage> {
  return async ({ principal }, filter) => {
    if (filter.idempotencyKey !== undefined) {
      const found = await lookup.byWorkflowId(
        toWorkflowId(principal, toIdPart(filter.idempotencyKey)),
      );
      return { tasks: found && matches(found, filter) ? [toSummary(found)] : [], nextCursor: null };
    }
    const page = await query(client, namespace, toQuery(principal, filter), filter, limitMs);
    const found = await readAll(lookup, page.workflowIds);
    return {
      tasks: found.filter((one) => matches(one, filter)).map(toSummary),
      nextCursor: page.nextCursor,
    };
  };
}

async function query(
  client: Client,
  namespace: string,
  text: string,
  { limit, cursor }: TaskFilter,
  limitMs: number,
): Promise<{ readonly workflowIds: readonly string[]; readonly nextCursor: string | null }> {
  try {
    const { executions, nextPageToken } = await withLimit(client.connection, limitMs, async () =>
      client.workflowService.listWorkflowExecutions({
        namespace,
        query: text,
        pageSize: limit,
        ...(cursor !== undefined && { nextPageToken: Buffer.from(cursor, 'base64url') }),
      }),
    );
    const ids = executions.map(({ execution }) => execution?.workflowId ?? '');
    return {
      workflowIds: [...new Set(ids)], // a reset leaves two runs under one id
      nextCursor:
        nextPageToken.length > 0 ? Buffer.from(nextPageToken).toString('base64url') : null,
    };
  } catch (failure) {
    const error = toReadError(failure);
    if (error.code !== 'INTERNAL' || cursor === undefined) throw error;
    throw new OperationError(
      'INVALID_PARAMETERS',
      'cursor: use next_cursor of the page before, unchanged',
      {
        cause: failure,
      },
    );
  }
}

/** Values are operation names and id parts: neither can hold a quote. */
function toQuery(principal: string, { status, operation }: TaskFilter): string {
  const clauses = [
    `WorkflowType = '${WORKFLOW_TYPE}'`,
    `${PRINCIPAL.name} = '${toIdPart(principal)}'`,
    ...(operation === undefined
      ? []
      : [`${OPERATION.name} = '${operation.replaceAll(/[^\w-]/g, '')}'`]),
    ...(status === undefined ? [] : [`ExecutionStatus ${EXECUTION_STATUS[status]}`]),
  ];
  return clauses.join(' AND ');
}

/** A task that visibility still shows as running may have ended; it is filtered again by its real state. */
const EXECUTION_STATUS: Readonly<Record<TaskStatus, string>> = {
  pending: `= 'Running'`,
  processing: `= 'Running'`,
  input_required: `= 'Running'`,
  completed: `= 'Completed'`,
  failed: `IN ('Failed', 'TimedOut', 'Terminated', 'Canceled')`,
};

async function readAll(lookup: Lookup, workflowIds: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (let first = 0; first < workflowIds.length; first += READS_AT_ONCE) {
    const some = workflowIds.slice(first, first + READS_AT_ONCE);
    const read = await Promise.all(some.map(async (id) => lookup.byWorkflowId(id)));
    found.push(...read.filter((one) => one !== null));
  }
  return found;
}

function matches({ task }: Found, { status, operation }: TaskFilter): boolean {
  return (
    (status === undefined || task.state.status === status) &&
    (operation === undefined || task.operation === operation)
  );
}

function toSummary({ task }: Found): TaskSummary {
  const { taskRef, operation, idempotencyKey, createdAt, updatedAt, state } = task;
  return { taskRef, operation, idempotencyKey, status: state.status, createdAt, updatedAt };
}

// Listing tasks: visibility finds them, describe gives their state, so that a list never contradicts a read. Running tasks
// come first, then those that closed last.
import type { KeyObject } from 'node:crypto';
import { parseTaskRef } from '../../contract/task-ref.ts';
import type { Task, TaskStatus } from '../../contract/task.ts';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import type { Caller, TaskFilter, TaskPage } from '../../tasks/service.ts';
import { toIdPart, toKeyPart, toWorkflowId } from '../calls/identity.ts';
import { createListPage, type ListOptions } from '../calls/list-page.ts';
import { mapSome } from '../calls/map-some.ts';
import type { Lookup } from './lookup.ts';
import { OPERATION, PRINCIPAL } from '../calls/search-attributes.ts';

export function createList(
  options: ListOptions,
  lookup: Lookup,
  nameKey: KeyObject | null,
): (caller: Caller, filter: TaskFilter) => Promise<TaskPage> {
  const listPage = createListPage(options);
  const find = async (principal: string, filter: TaskFilter) => {
    const query = toQuery(principal, filter);
    const { executions, nextCursor } = await listPage(toIdPart(principal), query, filter);
    const ids = executions.map(({ execution }) => execution?.workflowId ?? '');
    return { workflowIds: [...new Set(ids)], nextCursor }; // a reset leaves two runs under one id
  };

  return async ({ principal }, filter) => {
    const { workflowIds, nextCursor } =
      filter.idempotencyKey === undefined
        ? await find(principal, filter)
        : {
            workflowIds: toWorkflowIds(principal, filter.idempotencyKey, nameKey),
            nextCursor: null,
          };
    const read = await mapSome(workflowIds, async (id) => lookup.byId(id));
    const tasks = read.flatMap((found) => found?.task ?? []);
    return { tasks: tasks.filter((task) => matches(task, filter)), nextCursor };
  };
}

/** A task may have been started before there was a key for names. */
function toWorkflowIds(principal: string, key: string, nameKey: KeyObject | null): string[] {
  const keyParts = new Set([toKeyPart(principal, key, nameKey), toIdPart(key)]);
  return [...keyParts].map((keyPart) => toWorkflowId(principal, keyPart));
}

/** Values are operation names and id parts: neither can hold a quote. */
function toQuery(principal: string, { status, operation, batch }: TaskFilter): string {
  const clauses = [
    `WorkflowType = '${WORKFLOW_TYPE}'`,
    `${PRINCIPAL.name} = '${toIdPart(principal)}'`,
    // Temporal knows who started a workflow; a batch keeps its id, whatever its run.
    batch === undefined
      ? 'ParentWorkflowId IS NULL'
      : `ParentWorkflowId = '${toWorkflowId(principal, parseTaskRef(batch)?.keyPart ?? '')}'`,
    ...(operation === undefined
      ? []
      : [`${OPERATION.name} = '${operation.replaceAll(/[^\w-]/g, '')}'`]),
    ...(status === undefined ? [] : [`ExecutionStatus ${EXECUTION_STATUS[status]}`]),
  ];
  return clauses.join(' AND ');
}

/** Visibility lags behind: a task that it still shows as running may have ended, and is filtered again by its state. */
const EXECUTION_STATUS: Readonly<Record<TaskStatus, string>> = {
  pending: `= 'Running'`,
  processing: `= 'Running'`,
  input_required: `= 'Running'`,
  completed: `= 'Completed'`,
  failed: `IN ('Failed', 'TimedOut', 'Terminated', 'Canceled')`,
};

function matches(task: Task, { status, operation }: TaskFilter): boolean {
  return (
    (status === undefined || task.state.status === status) &&
    (operation === undefined || task.operation === operation)
  );
}

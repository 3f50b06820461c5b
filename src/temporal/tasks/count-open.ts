// How many tasks of a principal are open in the whole fleet, as visibility knows it.
import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import { withLimit } from '../calls/call-limit.ts';
import { OPERATION, PRINCIPAL } from '../calls/search-attributes.ts';
import type { Cut } from '../../limits/ledger.ts';
import type { CountOpen } from '../../limits/open-tasks.ts';
import type { Scope } from '../../limits/rules.ts';

/** How long a count may take, in milliseconds; a start that finds no room waits for it. */
const COUNT_MS = 2_000;

export function createCountOpen(client: Client, namespace: string): CountOpen {
  return async (scope, cut) => {
    const query = toCountQuery(scope, cut);
    const { count } = await withLimit(client.connection, COUNT_MS, async () =>
      client.workflowService.countWorkflowExecutions({ namespace, query }),
    );
    return Number(count);
  };
}

/** Values are id parts, names of registered operations and instants: none can hold a quote. */
function toCountQuery({ principal, operation }: Scope, { startedBefore, endedFrom }: Cut): string {
  return [
    `WorkflowType = '${WORKFLOW_TYPE}'`,
    `${PRINCIPAL.name} = '${principal}'`,
    ...(operation === null ? [] : [`${OPERATION.name} = '${operation}'`]),
    `StartTime < '${new Date(startedBefore).toISOString()}'`,
    `(ExecutionStatus = 'Running' OR CloseTime >= '${new Date(endedFrom).toISOString()}')`,
  ].join(' AND ');
}

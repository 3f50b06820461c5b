// The log of callbacks. It is Temporal itself: one workflow for each delivery, whose memo says how far it has come.
import type { Client } from '@temporalio/client';
import { decodeMapFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import type { temporal } from '@temporalio/proto';
import {
  DELIVERY_WORKFLOW_TYPE,
  type DeliveryMemo,
  type DeliveryState,
} from '../../contract/workflow/callback.ts';
import { OperationError } from '../../contract/errors.ts';
import { isJsonObject } from '../../contract/json.ts';
import { parseTaskRef, toWorkflowTaskRef } from '../../contract/task-ref.ts';
import { toStatus } from '../lanes/workflow/execution.ts';
import { toMs } from '../calls/timestamp.ts';
import { toPrincipalId } from '../calls/identity.ts';
import { createListPage, type ListOptions, type PageRequest } from '../calls/list-page.ts';
import { KEY, PRINCIPAL } from '../calls/search-attributes.ts';

/** One callback of one task. Instants are milliseconds since the epoch. */
export interface Delivery extends Omit<DeliveryState, 'state'> {
  readonly taskRef: string;
  readonly operation: string;
  /** Where it goes, without query, which may hold a secret. */
  readonly receiver: string;
  /** `sending` until the first attempt has ended; `given_up` also where an operator ended it. */
  readonly state: DeliveryState['state'] | 'sending';
  readonly startedAt: number;
}

/** Which deliveries to list, 1 to 100 a page. */
export interface DeliveryFilter extends PageRequest {
  /** Those of one task. */
  readonly taskRef?: string | undefined;
}

/** One page: those that run first, then those that ended last. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly nextCursor: string | null;
}

/** Lists the deliveries of a principal's tasks. Temporal's index may lag a moment behind. */
export function createDeliveryLog(
  options: ListOptions,
): (principal: string, filter: DeliveryFilter) => Promise<DeliveryPage> {
  const listPage = createListPage(options);
  return async (principal, filter) => {
    const { taskRef } = filter;
    const { executions, nextCursor } = await listPage(
      toPrincipalId(principal),
      toQuery(principal, taskRef),
      filter,
    );
    const listed = await Promise.all(
      executions.map(async (one) => toDelivery(options.client, one)),
    );
    const isWanted = (one: Delivery) => taskRef === undefined || one.taskRef === taskRef;
    return {
      deliveries: listed.flatMap((one) => (one && isWanted(one) ? [one] : [])),
      nextCursor,
    };
  };
}

/** Values are id parts: none can hold a quote. */
function toQuery(principal: string, taskRef: string | undefined): string {
  const clauses = [
    `WorkflowType = '${DELIVERY_WORKFLOW_TYPE}'`,
    `${PRINCIPAL.name} = '${toPrincipalId(principal)}'`,
  ];
  if (taskRef !== undefined) {
    const ref = parseTaskRef(taskRef);
    if (!ref) throw new OperationError('TASK_NOT_FOUND', 'this is no task_ref');
    clauses.push(`${KEY.name} = '${ref.keyPart}'`);
  }
  return clauses.join(' AND ');
}

type Listed = temporal.api.workflow.v1.IWorkflowExecutionInfo;

async function toDelivery(client: Client, info: Listed): Promise<Delivery | null> {
  const converter = client.options.loadedDataConverter;
  const memo = (await decodeMapFromPayloads(converter, info.memo?.fields)) ?? {};
  const { task, url, delivery } = memo as Partial<DeliveryMemo>;
  if (!isJsonObject(task) || url === undefined) return null;
  const { workflowId, runId, operation } = task;
  const { origin, pathname } = new URL(url);
  const known: Partial<DeliveryState> = delivery ?? {};
  const startedAt = toMs(info.startTime);
  const isOpen = toStatus(info.status) === 'running';
  return {
    taskRef: toWorkflowTaskRef(workflowId, runId),
    operation,
    receiver: `${origin}${pathname}`,
    state: isOpen ? (known.state ?? 'sending') : toEnd(known.state),
    attempts: known.attempts ?? 0,
    last: known.last ?? (isOpen ? 'not sent yet' : 'ended before it was sent'),
    lastAt: known.lastAt ?? startedAt,
    nextAt: isOpen ? (known.nextAt ?? null) : null,
    startedAt,
  };
}

function toEnd(state: DeliveryState['state'] | undefined): DeliveryState['state'] {
  return state === undefined || state === 'retrying' ? 'given_up' : state;
}

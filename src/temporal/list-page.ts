// One page of Temporal's index of workflows.
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { parseCursor, toCursor } from './cursor.ts';
import { toReadError } from './failure.ts';
import { withLimit } from './limit.ts';

/** Which page. */
export interface PageRequest {
  /** Workflows per page. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string;
}

/** A page as the index has it, which lags a moment behind. */
export interface ListPage {
  readonly executions: readonly temporal.api.workflow.v1.IWorkflowExecutionInfo[];
  readonly nextCursor: string | null;
}

/** Reads pages of what a query finds, each within `limitMs` milliseconds. Rejects with an error of the table. */
export function createListPage(
  client: Client,
  namespace: string,
  limitMs: number,
): (query: string, request: PageRequest) => Promise<ListPage> {
  return async (query, { limit, cursor }) => {
    const token = cursor === undefined ? null : parseCursor(cursor, query);
    const { executions, nextPageToken } = await withLimit(client.connection, limitMs, async () =>
      client.workflowService.listWorkflowExecutions({
        namespace,
        query,
        pageSize: limit,
        ...(token && { nextPageToken: token }),
      }),
    ).catch((failure: unknown) => {
      throw toReadError(failure);
    });
    return {
      executions,
      nextCursor: nextPageToken.length > 0 ? toCursor(nextPageToken, query) : null,
    };
  };
}

// One page of Temporal's index of workflows. Invariant: it shows nothing of another principal, whatever the index finds equal: any
// client can write the search attribute, and some databases compare text without regard to case. The workflow id decides.
import type { KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { parseCursor, toCursor } from './cursor.ts';
import { toReadError } from './failure.ts';
import { withLimit } from './call-limit.ts';

export interface PageRequest {
  /** Workflows per page. */
  readonly limit: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | undefined;
}

/** A page as the index has it, which lags a moment behind. */
export interface ListPage {
  readonly executions: readonly temporal.api.workflow.v1.IWorkflowExecutionInfo[];
  readonly nextCursor: string | null;
}

export interface ListOptions {
  readonly client: Client;
  readonly namespace: string;
  readonly limitMs: number;
  /** Seals cursors. */
  readonly installationKey: KeyObject;
}

/** Reads pages of what a query finds for a principal, as it stands in ids. Rejects with an error of the table. */
export function createListPage({
  client,
  namespace,
  limitMs,
  installationKey,
}: ListOptions): (principalPart: string, query: string, request: PageRequest) => Promise<ListPage> {
  return async (principalPart, query, { limit, cursor }) => {
    const token = cursor === undefined ? null : parseCursor(installationKey, cursor, query);
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
      executions: executions.filter(({ execution }) =>
        execution?.workflowId?.startsWith(`${principalPart}:`),
      ),
      nextCursor: nextPageToken.length > 0 ? toCursor(installationKey, nextPageToken, query) : null,
    };
  };
}

// Listing tasks: visibility finds them, describe gives their state, so that a list never contradicts a read. Running tasks of all lanes
// come first, then those that closed last. Invariant: it shows nothing of another principal.
import type { KeyObject } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { OperationError } from '../../contract/errors.ts';
import type { Lane } from '../../contract/lane.ts';
import { parseTaskRef } from '../../contract/task-ref.ts';
import type { Task, TaskStatus } from '../../contract/task.ts';
import type { Caller, TaskFilter, TaskPage } from '../../tasks/service.ts';
import { withLimit } from '../calls/call-limit.ts';
import { parseCursor, toCursor } from '../calls/cursor.ts';
import { toReadError } from '../calls/failure.ts';
import {
  isShownPrincipal,
  toIdPart,
  toKeyPart,
  toPrincipalId,
  toWorkflowId,
} from '../calls/identity.ts';
import { mapSome } from '../calls/map-some.ts';
import { OPERATION, PRINCIPAL } from '../calls/search-attributes.ts';
import type { Indexed, TaskIndex } from '../lanes/task-index.ts';
import type { Lookup } from './lookup.ts';
import { mergeLanes, type Mark } from './merge-lanes.ts';

export interface ListOptions {
  readonly client: Client;
  readonly indexes: readonly TaskIndex[];
  readonly limitMs: number;
  /** Seals cursors. */
  readonly installationKey: KeyObject;
  readonly nameKey: KeyObject | null;
}

type Listed = Indexed & { readonly lane: Lane };

/** How far each lane was read; one that is new since then was not. */
type Position = Partial<Record<Lane, Mark | null>>;

export function createList(
  { client, indexes, limitMs, installationKey, nameKey }: ListOptions,
  lookup: Pick<Lookup, 'byIdIn'>,
): (caller: Caller, filter: TaskFilter) => Promise<TaskPage> {
  const toSource = (index: TaskIndex, clauses: readonly string[], from: Mark | null) => ({
    from,
    read: async (token: string, size: number) => {
      const page = await withLimit(client.connection, limitMs, async () =>
        index.list(clauses, size, Buffer.from(token, 'base64')),
      ).catch((failure: unknown) => {
        throw toReadError(failure);
      });
      return {
        entries: page.entries.map((entry): Listed => ({ ...entry, lane: index.lane })),
        next: Buffer.from(page.nextPageToken).toString('base64'),
      };
    },
  });

  const find = async (principal: string, filter: TaskFilter) => {
    const { limit, cursor, batch, status } = filter;
    const clauses = toClauses(principal, filter);
    const seal = JSON.stringify(['tasks', ...clauses, status, batch]);
    const position = cursor === undefined ? {} : parsePosition(installationKey, cursor, seal);
    const lanes = batch === undefined ? indexes : indexes.filter(({ lane }) => lane === 'workflow');
    const sources = lanes.map((index) => {
      const { [index.lane]: from = { token: '', size: limit } } = position;
      return toSource(
        index,
        [...clauses, ...toStatus(index, status), ...toParent(index, principal, batch)],
        from,
      );
    });
    const { entries, marks } = await mergeLanes(sources, limit);
    const next = Object.fromEntries(lanes.map(({ lane }, at) => [lane, marks[at] ?? null]));
    return {
      // The id decides, whatever the index finds equal: any client can write a search attribute, and some databases compare text
      // without regard to case.
      entries: entries.filter(({ id }) => id.startsWith(`${toPrincipalId(principal)}:`)),
      nextCursor: marks.some((mark) => mark !== null)
        ? toCursor(installationKey, Buffer.from(JSON.stringify(next)), seal)
        : null,
    };
  };

  const toIds = (principal: string, key: string) =>
    indexes.flatMap(({ lane }) =>
      toWorkflowIds(principal, key, nameKey).map((id) => ({ lane, id })),
    );

  return async ({ principal }, filter) => {
    const { entries, nextCursor } =
      filter.idempotencyKey === undefined
        ? await find(principal, filter)
        : { entries: toIds(principal, filter.idempotencyKey), nextCursor: null };
    // A reset leaves two runs under one id.
    const ids = new Map(entries.map(({ lane, id }) => [`${lane} ${id}`, { lane, id }]));
    const read = await mapSome([...ids.values()], async ({ lane, id }) => lookup.byIdIn(lane, id));
    const tasks = read.flatMap((found) => found?.task ?? []);
    return { tasks: tasks.filter((task) => matches(task, filter)), nextCursor };
  };
}

function parsePosition(key: KeyObject, cursor: string, seal: string): Position {
  // The seal says that a gateway has written it.
  return JSON.parse(Buffer.from(parseCursor(key, cursor, seal)).toString()) as Position;
}

/** A task may have been started before there was a key for names. */
function toWorkflowIds(principal: string, key: string, nameKey: KeyObject | null): string[] {
  if (nameKey && isShownPrincipal(principal)) {
    throw new OperationError(
      'INVALID_PARAMETERS',
      'with encryption.nameKey, a key is found only for a principal that is written out, such as "ISSUER CLAIM VALUE", and not as a hash',
    );
  }
  const keyParts = new Set([toKeyPart(principal, key, nameKey), toIdPart(key)]);
  return [...keyParts].map((keyPart) => toWorkflowId(principal, keyPart));
}

/** Values are operation names and id parts: neither can hold a quote. */
function toClauses(principal: string, { operation }: TaskFilter): readonly string[] {
  return [
    `${PRINCIPAL.name} = '${toPrincipalId(principal)}'`,
    ...(operation === undefined
      ? []
      : [`${OPERATION.name} = '${operation.replaceAll(/[^\w-]/g, '')}'`]),
  ];
}

/** Items of a batch are workflows. Temporal knows who started one; a batch keeps its id, whatever its run. */
function toParent(
  { lane }: TaskIndex,
  principal: string,
  batch: string | undefined,
): readonly string[] {
  if (lane === 'activity') return [];
  if (batch === undefined) return ['ParentWorkflowId IS NULL'];
  const batchId = toWorkflowId(principal, parseTaskRef(batch)?.keyPart ?? '');
  return [`ParentWorkflowId = '${batchId}'`];
}

/** Visibility lags behind: a task that it still shows as running may have ended, and is filtered again by its state. */
function toStatus({ open }: TaskIndex, status: TaskStatus | undefined): readonly string[] {
  switch (status) {
    case undefined:
      return [];
    case 'completed':
      return [`ExecutionStatus = 'Completed'`];
    case 'failed':
      return [`ExecutionStatus IN ('Failed', 'TimedOut', 'Terminated', 'Canceled')`];
    case 'pending':
    case 'processing':
    case 'input_required':
      return [open];
  }
}

function matches(task: Task, { status, operation }: TaskFilter): boolean {
  return (
    (status === undefined || task.state.status === status) &&
    (operation === undefined || task.operation === operation)
  );
}

// How many tasks of a principal are open in the whole fleet, as visibility knows it.
import type { Client } from '@temporalio/client';
import { withLimit } from '../calls/call-limit.ts';
import { OPERATION, PRINCIPAL } from '../calls/search-attributes.ts';
import type { TaskIndex } from '../lanes/task-index.ts';
import type { Cut } from '../../limits/ledger.ts';
import type { CountOpen } from '../../limits/open-tasks.ts';
import type { Scope } from '../../limits/rules.ts';

/** How long a count may take, in milliseconds; a start that finds no room waits for it. */
const COUNT_MS = 2_000;

export function createCountOpen(
  { connection }: Pick<Client, 'connection'>,
  indexes: readonly TaskIndex[],
): CountOpen {
  const count: CountOpen['count'] = async (scope, cut) => {
    const counted = await Promise.all(
      indexes.map(async (index) =>
        withLimit(connection, COUNT_MS, async () => index.count(toClauses(index, scope, cut))),
      ),
    );
    return counted.reduce((sum, one) => sum + Number(one.count), 0);
  };
  return { queries: indexes.length, count };
}

/** Values are id parts, names of registered operations and instants: none can hold a quote. */
function toClauses(
  { open }: TaskIndex,
  { principal, operation }: Scope,
  { startedBefore, endedFrom }: Cut,
): readonly string[] {
  return [
    `${PRINCIPAL.name} = '${principal}'`,
    ...(operation === null ? [] : [`${OPERATION.name} = '${operation}'`]),
    `StartTime < '${new Date(startedBefore).toISOString()}'`,
    `(${open} OR CloseTime >= '${new Date(endedFrom).toISOString()}')`,
  ];
}

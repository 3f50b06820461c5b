// A batch of a thousand charges, which must not run twice, and gateway and worker killed with -9 in the middle of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { EXTRAS } from '../../../src/contract/extras.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import { claim, type Claim } from '../claims.ts';
import { createFleet } from '../fleet.ts';
import { startCountingUpstream } from '../upstream.ts';

const ITEMS = 1_000;
const AT_ONCE = 50;
const KEY = 'large-batch';

/** Items that have arrived upstream when everything is killed. */
const KILL_AFTER = 300;

/** How the batch ended, as its answer shows it. */
interface BatchResult {
  readonly total: number;
  readonly done: number;
  readonly failed: number;
  readonly not_started: number;
  readonly failures: readonly { readonly item: string; readonly code: string }[];
}

/** What came of it. */
export interface BatchReport {
  readonly result: BatchResult;
  /** How often each item arrived upstream, by its number. */
  readonly arrivals: readonly number[];
  /** Events of the batch's own workflow. */
  readonly historyLength: number;
}

/** Runs the batch; resolves when it has ended. */
export async function runLargeBatch(): Promise<BatchReport> {
  await using upstream = await startCountingUpstream(8);
  await using temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  const env = { TEMPORAL_ADDRESS: temporal.address };
  const configuration = upstream.configuration.replace('builtins: false\n', '');
  await using fleet = await createFleet(configuration, {
    gateway: () => ({ command: 'serve', env }),
    worker: () => ({ command: 'worker', env }),
  });
  const members = ['worker', 'gateway'] as const;
  await Promise.all(members.map(async (name) => fleet.start(name)));
  await using caller = openMcpCaller(fleet.mcpUrl('gateway'), 1);
  const ids = Array.from({ length: ITEMS }, (_, index) => `charge-${index}`);
  const items = ids.map((id) => ({ parameters: { id, seconds: 0.05 } }));
  const { task_ref } = await caller.call('initiate_background_task', {
    operation_type: 'batch',
    parameters: { operation: 'charge', items, concurrency: AT_ONCE },
    idempotency_key: KEY,
  });
  while (ids.filter((id) => upstream.arrivals(id) > 0).length < KILL_AFTER) await sleep(50);
  await Promise.all(members.map(async (name) => fleet.kill(name)));
  const wait = { task_ref, wait_seconds: 25, _meta: { [EXTRAS.wholeResult]: true } };
  for (;;) {
    const answer = await caller.call('resolve_task_status', wait).catch(() => null);
    if (!answer?.done) continue;
    const { result } = answer as unknown as { readonly result: BatchResult };
    const connection = await Connection.connect({ address: temporal.address });
    const { workflow } = new Client({ connection });
    const { historyLength } = await workflow.getHandle(`local:${KEY}`).describe();
    await connection.close();
    return { result, arrivals: ids.map((id) => upstream.arrivals(id)), historyLength };
  }
}

/** What must hold. */
export function toBatchClaims({ result, arrivals, historyLength }: BatchReport): readonly Claim[] {
  const { total, done, failed, failures } = result;
  const failedItems = new Set(failures.map(({ item }) => Number(item)));
  const items = arrivals.map((count, item) => ({ item, count, failed: failedItems.has(item) }));
  return [
    claim('every item has ended', [{ total, done, failed }], (counts) => {
      return counts.total === ITEMS && counts.done + counts.failed === ITEMS;
    }),
    claim('no item ran twice', items, ({ count }) => count <= 1),
    claim('every item that completed ran', items, (one) => one.failed || one.count === 1),
    claim(
      'only items that the kill cut off failed, and say so',
      failures,
      ({ code }) => code === 'OUTCOME_UNKNOWN' && failures.length <= AT_ONCE,
    ),
    claim('the history stays below 10,000 events', [historyLength], (events) => events < 10_000),
  ];
}

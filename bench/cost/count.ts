// What a server counts while tasks run: actions, calls and writes from its metrics, events and bytes from the histories.
import type { Client } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { readCpuMs } from '../../test/support/processes/cpu.ts';
import type { Sample } from '../../test/e2e/scrape.ts';
import type { MeteredServer } from './server.ts';

/** What one task costs, on the average. */
export interface Price {
  readonly actions: number;
  readonly events: number;
  readonly calls: number;
  readonly writes: number;
  readonly workerMs: number;
  readonly gatewayMs: number;
  readonly serverMs: number;
  readonly historyBytes: number;
  readonly storedBytes: number;
}

/** A server, whoever asks it, and the processes whose time is counted: worker, gateway and server. */
export interface Counted {
  readonly server: MeteredServer;
  readonly client: Client;
  readonly pids: readonly number[];
  /** What each takes of a processor while no task is there. */
  readonly atRest: readonly number[];
}

/** Writes of the server: each is a transaction of the database. */
const WRITES = /^(Create|Update|Set|ConflictResolve)WorkflowExecution$|^(Create|Complete)Tasks/;

/** How long the server takes at most to write down for lists what has ended, in milliseconds. */
const SETTLE_MS = 2_000;

/** How long until a process has nothing left to do after work, and how long it is watched then, in milliseconds. */
const [CALMED_MS, REST_MS] = [10_000, 20_000];

/** More than the tasks of a row are, with the items of batches. */
const LISTED = { namespace: 'default', pageSize: 1_000 };

/** What processes take of a processor while nothing is asked of them. */
export async function measureRest(pids: readonly number[]): Promise<readonly number[]> {
  await sleep(CALMED_MS);
  const before = pids.map(readCpuMs);
  await sleep(REST_MS);
  return pids.map((pid, index) => (readCpuMs(pid) - (before[index] ?? NaN)) / REST_MS);
}

/** Runs so many tasks and counts what they cost. */
export async function countPrice(
  { server, client, pids, atRest }: Counted,
  tasks: number,
  run: () => Promise<unknown>,
): Promise<Price> {
  const read = async () => ({
    ...countIn(await server.readMetrics()),
    at: performance.now(),
    cpu: pids.map(readCpuMs),
    storedBytes: server.readStoredBytes(),
  });
  await sleep(SETTLE_MS);
  const since = new Date();
  const before = await read();
  await run();
  await sleep(SETTLE_MS);
  const after = await read();
  const tookMs = after.at - before.at;
  const [workerMs = NaN, gatewayMs = NaN, serverMs = NaN] = after.cpu.map((ms, index) =>
    Math.max(0, ms - (before.cpu[index] ?? NaN) - tookMs * (atRest[index] ?? NaN)),
  );
  const query = `StartTime >= '${since.toISOString()}'`;
  const { events, historyBytes } = await countHistories(client, query);
  const starts = await countStarts(client, query);
  const total = {
    actions: after.actions - before.actions + starts,
    calls: after.calls - before.calls,
    writes: after.writes - before.writes,
    storedBytes: after.storedBytes - before.storedBytes,
    ...{ events, historyBytes, workerMs, gatewayMs, serverMs },
  };
  return Object.fromEntries(
    Object.entries(total).map(([name, value]) => [name, value / tasks]),
  ) as unknown as Price;
}

/** What it holds stays as it is: it may be encrypted. */
async function countHistories({ workflowService }: Client, query: string) {
  let [events, historyBytes] = [0, 0];
  const { executions } = await workflowService.listWorkflowExecutions({ ...LISTED, query });
  for (const { historyLength, historySizeBytes } of executions) {
    events += Number(historyLength);
    historyBytes += Number(historySizeBytes);
  }
  return { events, historyBytes };
}

/**
 * Starts of standalone activities: the server's counter of actions leaves them out, though neither their heartbeats nor their retries, and
 * each is one by the definition. Source: Temporal's page of Cloud actions, "Activity started or retried".
 */
async function countStarts({ workflowService }: Client, query: string): Promise<number> {
  return (await workflowService.listActivityExecutions({ ...LISTED, query })).executions.length;
}

function countIn(samples: readonly Sample[]) {
  const sum = (matches: (sample: Sample) => boolean) =>
    samples.filter(matches).reduce((total, { value }) => total + value, 0);
  const isOurs = ({ labels }: Sample) => labels['namespace'] === 'default';
  const isCall = (sample: Sample) =>
    sample.name === 'service_requests' &&
    sample.labels['service_name'] === 'frontend' &&
    isOurs(sample);
  return {
    actions: sum((sample) => sample.name === 'action' && isOurs(sample)),
    calls: sum(isCall),
    writes: sum(
      (sample) =>
        (sample.name === 'persistence_requests' &&
          isOurs(sample) &&
          WRITES.test(sample.labels['operation'] ?? '')) ||
        (sample.name === 'visibility_persistence_requests' &&
          /^(Record|Upsert)/.test(sample.labels['operation'] ?? '')),
    ),
  };
}

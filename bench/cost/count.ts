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

/** Writes of the server: each is a transaction of the database. */
const WRITES = /^(Create|Update|Set|ConflictResolve)WorkflowExecution$|^(Create|Complete)Tasks/;

/** How long the server takes at most to write down for lists what has ended, in milliseconds. */
const SETTLE_MS = 2_000;

/** Runs so many tasks and counts what they cost. */
export async function countPrice(
  { server, client, pids }: { server: MeteredServer; client: Client; pids: readonly number[] },
  tasks: number,
  run: () => Promise<unknown>,
): Promise<Price> {
  const read = async () => ({
    ...countIn(await server.readMetrics()),
    cpu: pids.map(readCpuMs),
    storedBytes: server.readStoredBytes(),
  });
  const since = new Date();
  const before = await read();
  for (let index = 0; index < tasks; index += 1) await run();
  await sleep(SETTLE_MS);
  const after = await read();
  let [events, historyBytes] = [0, 0];
  for await (const { historyLength, historySize } of client.workflow.list({
    query: `StartTime >= '${since.toISOString()}'`,
  })) {
    events += historyLength;
    historyBytes += historySize ?? 0;
  }
  const [workerMs = NaN, gatewayMs = NaN, serverMs = NaN] = after.cpu.map(
    (ms, index) => ms - (before.cpu[index] ?? NaN),
  );
  const total = {
    actions: after.actions - before.actions,
    calls: after.calls - before.calls,
    writes: after.writes - before.writes,
    storedBytes: after.storedBytes - before.storedBytes,
    ...{ events, historyBytes, workerMs, gatewayMs, serverMs },
  };
  return Object.fromEntries(
    Object.entries(total).map(([name, value]) => [name, value / tasks]),
  ) as unknown as Price;
}

function countIn(samples: readonly Sample[]): Pick<Price, 'actions' | 'calls' | 'writes'> {
  const sum = (matches: (sample: Sample) => boolean) =>
    samples.filter(matches).reduce((total, { value }) => total + value, 0);
  const isOurs = ({ labels }: Sample) => labels['namespace'] === 'default';
  return {
    actions: sum((sample) => sample.name === 'action' && isOurs(sample)),
    calls: sum(
      (sample) =>
        sample.name === 'service_requests' &&
        sample.labels['service_name'] === 'frontend' &&
        isOurs(sample),
    ),
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

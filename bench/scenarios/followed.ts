// What it costs to follow workflows of others: a start beside that of a plain operation, and what a worker needs that follows a
// thousand of them.
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { scrape, type Sample } from '../../test/e2e/scrape.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { residentMiB } from '../../test/support/processes/memory.ts';
import { round, takeTurns, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** A worker that follows so many workflows. */
interface Look {
  readonly followed: number;
  /** Resident memory, as it stands. */
  readonly residentMiB: number;
  /** The same once garbage is collected, and V8 has given back the pages that it keeps for more: what is needed. */
  readonly keptMiB: number;
  /** Slots of activities that are taken. */
  readonly slots: number;
}

/** What was measured of them. */
export interface Followed {
  readonly initiate: Latency;
  readonly followedInitiate: Latency;
  readonly looks: readonly Look[];
  /** Calls to Temporal of the worker that follows the most, for each workflow in a minute. */
  readonly callsPerMinute: number;
}

const FILE = 'followed.config.ts';

/** Node's option that loads what collects garbage at a signal. */
const COLLECTING = `--import=${fileURLToPath(new URL('../collect.js', import.meta.url))}`;

/** Milliseconds in which calls are counted. */
const COUNTED_MS = 40_000;

/** Milliseconds in which a worker whose calls are not counted comes to rest. */
const RESTED_MS = 12_000;

/** Milliseconds in which garbage is collected. */
const COLLECTED_MS = 3_000;

/** Measures all of it. */
export async function measureFollowed(setting: Setting): Promise<Followed> {
  return {
    ...(await measureStarts(setting)),
    ...(await measureMany(setting)),
  };
}

/** No worker runs, so that nothing but the calls is measured. */
async function measureStarts({
  start,
  quick,
}: Setting): Promise<Pick<Followed, 'initiate' | 'followedInitiate'>> {
  await using gateway = await start('serve', FILE);
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  return await takeTurns(
    {
      initiate: () => caller.call('initiate_background_task', EMPTY),
      followedInitiate: () => park(caller),
    },
    quick ? 80 : 400,
  );
}

/**
 * No worker begins these workflows, so that all of them stay open. Each look is at a worker that has taken them over from another, as
 * in a deploy: one that has started them keeps workflows of the tasks in memory besides, as many as the SDK has room for.
 */
async function measureMany({
  start,
  quick,
}: Setting): Promise<Pick<Followed, 'looks' | 'callsPerMinute'>> {
  const env = { LONGHAUL_TASK_QUEUE: 'bench-followed', LONGHAUL_METRICS_PORT: '0' };
  await using gateway = await start('serve', FILE, env);
  await using caller = openMcpCaller(gateway.mcpUrl, 10);
  const looks: Look[] = [];
  let open = 0;
  let calls = 0;
  const steps = quick ? [10, 50, 100] : [100, 500, 1000];
  for (const followed of steps) {
    const started = followed - open;
    await using starter = await start('worker', FILE, env);
    for (; open < followed; open += 1) await park(caller);
    await until(async () => countStarts(await scrape(starter.metricsUrl)) >= started);
    await starter.stop();
    await using worker = await start('worker', FILE, { ...env, NODE_OPTIONS: COLLECTING });
    await until(async () => countPolls(await scrape(worker.metricsUrl)) >= open);
    const before = countCalls(await scrape(worker.metricsUrl));
    await sleep(followed === steps.at(-1) ? COUNTED_MS : RESTED_MS);
    const samples = await scrape(worker.metricsUrl);
    calls = countCalls(samples) - before;
    const resident = round(residentMiB(worker.pid));
    process.kill(worker.pid, 'SIGUSR2');
    await sleep(COLLECTED_MS);
    looks.push({
      followed,
      residentMiB: resident,
      keptMiB: round(residentMiB(worker.pid)),
      slots: sum(samples, 'temporal_worker_task_slots_used', 'worker_type', 'ActivityWorker'),
    });
    await worker.stop();
  }
  await gateway.stop();
  return { looks, callsPerMinute: round((calls / open) * (60_000 / COUNTED_MS)) };
}

async function until(isThere: () => Promise<boolean>): Promise<void> {
  while (!(await isThere())) await sleep(500);
}

async function park(caller: McpCaller): Promise<unknown> {
  return caller.call('initiate_background_task', {
    operation_type: 'parked',
    parameters: { text: TEXT },
  });
}

/** Calls that following takes: long polls, and beats. */
function countCalls(samples: readonly Sample[]): number {
  const beats = sum(samples, 'temporal_request_total', 'operation', 'RecordActivityTaskHeartbeat');
  return countPolls(samples) + beats;
}

function countPolls(samples: readonly Sample[]): number {
  return sum(samples, 'temporal_long_request_total', 'operation', 'GetWorkflowExecutionHistory');
}

/** Activities that have started a workflow; the one that follows completes much later. */
function countStarts(samples: readonly Sample[]): number {
  return sum(samples, 'temporal_request_total', 'operation', 'RespondActivityTaskCompleted');
}

function sum(samples: readonly Sample[], name: string, label: string, wanted: string): number {
  return samples
    .filter((one) => one.name === name && one.labels[label] === wanted)
    .reduce((total, { value }) => total + value, 0);
}

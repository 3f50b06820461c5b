// Load on a whole cluster while one part after the other is replaced, killed or cut off; then every handle is read once more, by both
// gateways and in Temporal's own records.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openMcpCaller, type PairAnswer } from '../../support/clients/mcp-caller.ts';
import { runErrand, type Errand, type Outcome, type Run } from '../agent.ts';
import { toKind, toLane } from '../kinds.ts';
import { startCountingUpstream } from '../upstream.ts';
import type { WayName } from '../ways.ts';
import { readActivityHistory } from './activity-history.ts';
import { suffer, toFaults, toLastFault, type Suffered } from './faults.ts';
import { startClusterFleet } from './members.ts';
import { readTaskHistory, type TaskHistory } from './history.ts';
import { watchMachine } from './machine.ts';
import type { ClusterServers } from './servers.ts';

/** How much load. */
export interface Load {
  /** New tasks a second. */
  readonly rate: number;
  /** Shortest and longest task, in seconds. */
  readonly seconds: readonly [number, number];
  /** Between two things that are done to the cluster, in milliseconds. */
  readonly pauseMs: number;
  /** Is told what happens. */
  readonly report: (line: string) => void;
}

/** One task: what its agent and the upstream saw, what both gateways say in the end, and what Temporal recorded. */
export interface ClusterRun extends Run {
  /** By the control tools, from each gateway, when everything had come to rest. */
  readonly audits: readonly PairAnswer[];
  readonly history: TaskHistory;
  /** Share of the processors' time that no process used while the task was open, 0 to 1. */
  readonly idle: number;
}

/** What happened. */
export interface ClusterReport {
  readonly load: Load;
  readonly runs: readonly ClusterRun[];
  /** Why agents gave up. */
  readonly givenUp: readonly string[];
  readonly suffered: readonly Suffered[];
  /** When the first task was started, and when nothing new was started any more, in milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** How often temporal-server ended by itself, and was started again. */
  readonly restarts: number;
  /** Gateways and workers that ended by themselves. */
  readonly endedByItself: readonly string[];
  /** Share of the processors' time that no process used, 0 to 1. */
  readonly idle: number;
}

const WAY_NAMES: readonly WayName[] = ['control', 'extension', '2025-11-25 tasks'];
const CONNECTIONS = 100;

/** Tasks that run when everything is killed at once, half of them in each lane, and how long each takes, in seconds. */
const LAST_TASKS = 100;
const LAST_SECONDS = 20;

/** Heartbeat of the operations, in seconds: a vanished attempt is noticed after it. */
const HEARTBEAT_SECONDS = 5;

/** Runs the load through every fault; resolves when every task has ended and was read again. */
export async function runCluster(servers: ClusterServers, load: Load): Promise<ClusterReport> {
  const { report } = load;
  const { compose, postgres, temporal } = servers;
  report('Starting two gateways and two workers ...');
  await using upstream = await startCountingUpstream(HEARTBEAT_SECONDS);
  await using fleet = await startClusterFleet(temporal.address, compose, upstream.configuration);
  using machine = watchMachine();
  const open = (era: 'modern' | 'legacy') =>
    fleet.mcpUrls.map((url) => openMcpCaller(url, CONNECTIONS, era));
  const callers = { modern: open('modern'), legacy: open('legacy') };

  const startedAt = Date.now();
  let isLoaded = true;
  const errands: Promise<Outcome | null>[] = [];
  const givenUp: string[] = [];
  const begin = (index: number, errand: Errand): void => {
    const outcome = runErrand(callers, errand, { first: Math.floor(index / 4) });
    errands.push(
      outcome.catch((error: unknown) => {
        givenUp.push(String(error));
        return null;
      }),
    );
  };
  const generate = async (): Promise<void> => {
    for (let index = 0; isLoaded; index += 1) {
      begin(index, toErrand(index, load));
      await sleep(1000 / load.rate);
    }
  };
  const generated = generate();
  const suffered: Suffered[] = [];
  const cluster = { postgres, temporal, fleet };
  for (const fault of toFaults(cluster)) {
    await sleep(load.pauseMs);
    report(`${toSeconds(Date.now() - startedAt)}: ${fault.name} (${errands.length} tasks so far)`);
    suffered.push(await suffer(fault, cluster));
  }
  await sleep(load.pauseMs);
  isLoaded = false;
  await generated;
  const last = Array.from({ length: LAST_TASKS }, (_, index) => toLastErrand(index));
  for (const [index, errand] of last.entries()) begin(index, errand);
  while (!last.every(({ id }) => upstream.arrivals(id) > 0)) await sleep(50);
  const killAll = toLastFault(cluster);
  report(`${toSeconds(Date.now() - startedAt)}: ${killAll.name} (${LAST_TASKS} tasks run)`);
  suffered.push(await suffer(killAll, cluster));
  const endedAt = Date.now();
  report(`${toSeconds(endedAt - startedAt)}: ${errands.length} tasks; following them to their end`);
  const outcomes = (await Promise.all(errands)).filter((one) => one !== null);
  report('Reading every handle from both gateways, and what Temporal recorded ...');
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  const audit = async (one: Outcome): Promise<ClusterRun> => {
    const audits = await Promise.all(
      callers.modern.map(async (caller) =>
        caller.call('resolve_task_status', { task_ref: one.handle }),
      ),
    );
    const id = `local:${one.id}`;
    return {
      ...one,
      arrivals: upstream.arrivals(one.id),
      audits,
      history:
        toLane(one.kind) === 'workflow'
          ? await readTaskHistory(client, id, fleet.nameOf)
          : await readActivityHistory(client, id, upstream.arrived(one.id), fleet.nameOf),
      idle: machine.idle(one.heldAt, Math.max(one.heldAt, one.knownAt)),
    };
  };
  const runs: ClusterRun[] = [];
  for (const one of outcomes) runs.push(await audit(one));
  await connection.close();
  const all = [...callers.modern, ...callers.legacy];
  await Promise.all(all.map(async (caller) => caller[Symbol.asyncDispose]()));
  return {
    load,
    runs,
    givenUp,
    suffered,
    startedAt,
    endedAt,
    restarts: temporal.restarts,
    endedByItself: [...fleet.endedByItself],
    idle: machine.idle(startedAt, endedAt),
  };
}

/** Every kind by every way, from either gateway. */
function toErrand(index: number, { seconds: [shortest, longest] }: Pick<Load, 'seconds'>): Errand {
  return {
    kind: toKind(index),
    way: WAY_NAMES[Math.floor(index / 5) % WAY_NAMES.length] ?? 'control',
    id: `errand-${index}`,
    seconds: shortest + ((longest - shortest) * (index % 11)) / 10,
  };
}

function toLastErrand(index: number): Errand {
  return { ...toErrand(index, { seconds: [LAST_SECONDS, LAST_SECONDS] }), id: `last-${index}` };
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

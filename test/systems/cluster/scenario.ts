// Load on a whole cluster while one part after the other is replaced, killed or cut off; then every handle is read once more, by both
// gateways and in Temporal's own records.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { readCompose } from '../../deploy/compose-file.ts';
import { createHome } from '../../support/processes/home.ts';
import { openMcpCaller, type PairAnswer } from '../../support/clients/mcp-caller.ts';
import { runErrand, type Errand, type Outcome, type Run } from '../agent.ts';
import { KINDS, startCountingUpstream } from '../upstream.ts';
import type { WayName } from '../ways.ts';
import { findBinaries } from './binaries.ts';
import { suffer, toFaults, type Suffered } from './faults.ts';
import { startClusterFleet } from './members.ts';
import { readTaskHistory, type TaskHistory } from './history.ts';
import { watchMachine } from './machine.ts';
import { startPostgres } from './postgres.ts';
import { startClusterTemporal } from './temporal.ts';

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

const PASSWORD = 'of-this-cluster-alone';
const WAY_NAMES: readonly WayName[] = ['control', 'extension', '2025-11-25 tasks'];
const CONNECTIONS = 100;

/** Heartbeat of the operations, in seconds: a vanished attempt is noticed after it. */
const HEARTBEAT_SECONDS = 5;

/** Runs the load through every fault; resolves when every task has ended and was read again. */
export async function runCluster(load: Load): Promise<ClusterReport> {
  const { report } = load;
  const compose = await readCompose({ POSTGRES_PASSWORD: PASSWORD });
  const binaries = await findBinaries(report);
  report('Starting PostgreSQL, temporal-server, two gateways and two workers ...');
  const { POSTGRES_USER: user = 'temporal', POSTGRES_INITDB_ARGS: initdb = '' } =
    compose.services['postgresql']?.environment ?? {};
  const initdbArguments = initdb.split(' ').filter(Boolean);
  await using postgres = await startPostgres(binaries.postgres, {
    user,
    password: PASSWORD,
    initdbArguments,
  });
  await using home = await createHome();
  await using temporal = await startClusterTemporal({ binaries, compose, postgres, home });
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
  const generate = async (): Promise<void> => {
    for (let index = 0; isLoaded; index += 1) {
      const errand = runErrand(callers, toErrand(index, load), { first: index });
      errands.push(
        errand.catch((error: unknown) => {
          givenUp.push(String(error));
          return null;
        }),
      );
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
    return {
      ...one,
      arrivals: upstream.arrivals(one.id),
      audits,
      history: await readTaskHistory(client, `local:${one.id}`, fleet.nameOf),
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
function toErrand(index: number, { seconds: [shortest, longest] }: Load): Errand {
  const step = Math.floor(index / KINDS.length);
  return {
    kind: KINDS[index % KINDS.length] ?? 'read',
    way: WAY_NAMES[step % WAY_NAMES.length] ?? 'control',
    id: `errand-${index}`,
    seconds: shortest + ((longest - shortest) * (index % 10)) / 9,
  };
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

// Load on a whole cluster while one part after the other is replaced, killed or cut off; then every handle is read once more.
import { setTimeout as sleep } from 'node:timers/promises';
import { readCompose } from '../support/compose.ts';
import { createHome } from '../support/home.ts';
import { openMcpCaller, type PairAnswer } from '../support/mcp-caller.ts';
import { startLoadUpstream, type Kind } from '../load/upstream.ts';
import { runErrand, type Callers, type Errand, type Told } from './agent.ts';
import { findBinaries } from './binaries.ts';
import type { FaceName } from './faces.ts';
import { startClusterFleet, type ClusterFleet } from './fleet.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { startClusterTemporal, type ClusterTemporal } from './temporal.ts';

/** How much load. */
export interface Load {
  /** Between two new tasks, in milliseconds. */
  readonly everyMs: number;
  /** Shortest and longest task, in seconds. */
  readonly seconds: readonly [number, number];
  /** Between two things that are done to the cluster, in milliseconds. */
  readonly pauseMs: number;
  /** Is told what happens. */
  readonly report: (line: string) => void;
}

/** One task: what its agent was told, what the upstream saw, and what both gateways say in the end. */
export interface Run extends Told {
  readonly arrivals: number;
  /** By the pair, from each gateway, when everything had come to rest. */
  readonly audits: readonly PairAnswer[];
}

/** What happened. */
export interface ClusterReport {
  readonly runs: readonly Run[];
  /** Why agents gave up. */
  readonly givenUp: readonly string[];
  /** What was done, with the milliseconds from the first task to it. */
  readonly faults: readonly { readonly name: string; readonly atMs: number }[];
  /** How often temporal-server ended by itself. */
  readonly restarts: number;
}

const PASSWORD = 'of-this-cluster-alone';
const KINDS: readonly Kind[] = ['read', 'charge', 'render'];
const FACE_NAMES: readonly FaceName[] = ['pair', 'extension', '2025-11-25 tasks'];
const CONNECTIONS = 100;

/** Heartbeat of the operations, in seconds: a vanished attempt is noticed after it. */
const HEARTBEAT_SECONDS = 5;

/** Runs the load through every fault; resolves when every task has ended and was read again. */
export async function runCluster(load: Load): Promise<ClusterReport> {
  const { report } = load;
  const compose = await readCompose({ POSTGRES_PASSWORD: PASSWORD });
  const binaries = await findBinaries(report);
  report('Starting PostgreSQL, temporal-server, two gateways and two workers ...');
  const { POSTGRES_USER: user = 'temporal' } = compose.services['postgresql']?.environment ?? {};
  await using postgres = await startPostgres(binaries.postgres, user, PASSWORD);
  await using home = await createHome();
  await using temporal = await startClusterTemporal({ binaries, compose, postgres, home });
  await using upstream = await startLoadUpstream(HEARTBEAT_SECONDS);
  await using fleet = await startClusterFleet(temporal.address, compose, upstream.configuration);
  const open = (era: 'modern' | 'legacy') =>
    fleet.mcpUrls.map((url) => openMcpCaller(url, CONNECTIONS, era));
  const callers: Callers = { modern: open('modern'), legacy: open('legacy') };

  const startedAt = Date.now();
  const faults: { name: string; atMs: number }[] = [];
  let isLoaded = true;
  const errands: Promise<Told | null>[] = [];
  const givenUp: string[] = [];
  const generate = async (): Promise<void> => {
    for (let index = 0; isLoaded; index += 1) {
      const errand = runErrand(callers, toErrand(index, load), index);
      errands.push(
        errand.catch((error: unknown) => {
          givenUp.push(String(error));
          return null;
        }),
      );
      await sleep(load.everyMs);
    }
  };
  const generated = generate();
  for (const [name, act] of toFaults({ postgres, temporal, fleet })) {
    await sleep(load.pauseMs);
    faults.push({ name, atMs: Date.now() - startedAt });
    report(`${seconds(Date.now() - startedAt)}: ${name} (${errands.length} tasks so far)`);
    await act();
  }
  await sleep(load.pauseMs);
  isLoaded = false;
  await generated;
  report(
    `${seconds(Date.now() - startedAt)}: ${errands.length} tasks; following them to their end`,
  );
  const told = (await Promise.all(errands)).filter((one) => one !== null);
  report('Reading every handle from both gateways ...');
  const audit = async (one: Told): Promise<Run> => ({
    ...one,
    arrivals: upstream.arrivals(one.id),
    audits: await Promise.all(
      callers.modern.map(async (caller) =>
        caller.call('resolve_task_status', { task_ref: one.handle }),
      ),
    ),
  });
  const runs = await Promise.all(told.map(audit));
  await Promise.all(
    Object.values(callers).flatMap((all) =>
      all.map(async (caller) => caller[Symbol.asyncDispose]()),
    ),
  );
  return { runs, givenUp, faults, restarts: temporal.restarts };
}

/** What is done to the cluster, in order. */
function toFaults(cluster: {
  readonly postgres: Postgres;
  readonly temporal: ClusterTemporal;
  readonly fleet: ClusterFleet;
}): readonly (readonly [string, () => Promise<void>])[] {
  const { postgres, temporal, fleet } = cluster;
  return [
    ['worker-1 replaced', () => fleet.replace('worker-1')],
    ['worker-2 replaced', () => fleet.replace('worker-2')],
    ['gateway-1 replaced', () => fleet.replace('gateway-1')],
    ['gateway-2 replaced', () => fleet.replace('gateway-2')],
    ['temporal-server replaced', () => temporal.restart()],
    ['worker-1 killed', () => fleet.kill('worker-1')],
    ['gateway-1 killed', () => fleet.kill('gateway-1')],
    [
      'PostgreSQL killed for three seconds',
      async () => {
        await postgres.kill();
        await sleep(3_000);
        await postgres.start();
      },
    ],
    [
      'gateway-2 cut off: answers late, then lost, then connections reset',
      async () => {
        fleet.network.delay(300);
        await sleep(4_000);
        fleet.network.mute();
        await sleep(8_000);
        fleet.network.cut();
      },
    ],
  ];
}

/** Every kind on every face, from either gateway. */
function toErrand(index: number, { seconds: [shortest, longest] }: Load): Errand {
  const step = Math.floor(index / KINDS.length);
  return {
    kind: KINDS[index % KINDS.length] ?? 'read',
    face: FACE_NAMES[step % FACE_NAMES.length] ?? 'pair',
    id: `errand-${index}`,
    seconds: shortest + ((longest - shortest) * (index % 10)) / 9,
  };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

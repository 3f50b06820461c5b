// Two builds of the workers on the cluster, the second of which takes over while agents start short and longer tasks in both lanes, some
// of which are retried. Build 1 is made current, then build 2 beside it; build 1 leaves when no workflow is open that it has begun.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { makeCurrent } from '../../support/temporal/make-current.ts';
import { runErrand, type Errand, type Run } from '../agent.ts';
import { claim, toTaskClaims, type Claim } from '../claims.ts';
import { createFleet, type Launch } from '../fleet.ts';
import { toDeed, toKind, toLane } from '../kinds.ts';
import { startCountingUpstream, type Arrival } from '../upstream.ts';
import type { WayName } from '../ways.ts';
import { ON_ONE_MACHINE } from './members.ts';
import type { ClusterServers } from './servers.ts';

/** One task, and every request of its attempts. */
interface DeployRun extends Run {
  readonly arrived: readonly Arrival[];
}

/** What happened. */
export interface DeployReport {
  readonly runs: readonly DeployRun[];
  /** When build 2 was made current, in milliseconds since the epoch. */
  readonly currentAt: number;
}

type Member = 'gateway-1' | 'gateway-2' | `build-${1 | 2} ${'a' | 'b'}`;

const DEPLOYMENT = 'longhaul';
const TASK_QUEUE = 'rolling-deploy';
const AGENTS = 16;

/** How long each stage lasts, in milliseconds. */
const STAGE_MS = 15_000;

/** Shortest and longest task, in seconds. */
const SHORT_SECONDS = 0.5;
const LONG_SECONDS = 8;

/** How long after a build was made current the queues may still follow the one before, in milliseconds. */
const PASSED_ON_MS = 5_000;

const WAY_NAMES: readonly WayName[] = [
  'control',
  'control, waiting',
  'extension',
  '2025-11-25 tasks',
];

/** Deploys; resolves when every task has ended. */
export async function runRollingDeploy(
  { compose, temporal }: ClusterServers,
  report: (line: string) => void,
): Promise<DeployReport> {
  await using upstream = await startCountingUpstream();
  const launch = (service: string, build?: string) => (): Launch => ({
    command: build === undefined ? 'serve' : 'worker',
    env: {
      ...compose.services[service]?.environment,
      ...ON_ONE_MACHINE,
      TEMPORAL_ADDRESS: temporal.address,
      LONGHAUL_TASK_QUEUE: TASK_QUEUE,
      ...(build !== undefined && { LONGHAUL_BUILD_ID: build }),
    },
  });
  await using fleet = await createFleet<Member>(upstream.configuration, {
    'gateway-1': launch('gateway-1'),
    'gateway-2': launch('gateway-2'),
    'build-1 a': launch('worker', '1'),
    'build-1 b': launch('worker', '1'),
    'build-2 a': launch('worker', '2'),
    'build-2 b': launch('worker', '2'),
  });
  const connection = await Connection.connect({ address: temporal.address });
  const client = new Client({ connection });
  for (const name of ['build-1 a', 'build-1 b', 'gateway-1', 'gateway-2'] as const) {
    await fleet.start(name);
  }
  await makeCurrent(client, DEPLOYMENT, '1');
  const open = (era: 'modern' | 'legacy') =>
    (['gateway-1', 'gateway-2'] as const).map((name) =>
      openMcpCaller(fleet.mcpUrl(name), AGENTS, era),
    );
  const callers = { modern: open('modern'), legacy: open('legacy') };

  let isOver = false;
  const work = async (agent: number): Promise<DeployRun[]> => {
    const runs: DeployRun[] = [];
    for (let count = 0; !isOver; count += 1) {
      const errand = toErrand(agent, count);
      const outcome = await runErrand(callers, errand, { first: count });
      const arrivals = upstream.arrivals(errand.id);
      runs.push({ ...outcome, arrivals, arrived: upstream.arrived(errand.id) });
    }
    return runs;
  };
  const agents = Promise.all(Array.from({ length: AGENTS }, async (_, agent) => work(agent)));
  await sleep(STAGE_MS);
  report('  workers of build 2 beside those of build 1');
  await Promise.all([fleet.start('build-2 a'), fleet.start('build-2 b')]);
  await makeCurrent(client, DEPLOYMENT, '2');
  const currentAt = Date.now();
  report('  build 2 is current');
  await sleep(PASSED_ON_MS);
  const left = `TemporalWorkerDeploymentVersion = '${DEPLOYMENT}:1' AND TaskQueue = '${TASK_QUEUE}' AND ExecutionStatus = 'Running'`;
  while ((await client.workflow.count(left)).count > 0) await sleep(500);
  report('  build 1 has no open workflow: its workers leave');
  await Promise.all([fleet.stop('build-1 a'), fleet.stop('build-1 b')]);
  await sleep(STAGE_MS);
  isOver = true;
  const runs = (await agents).flat();
  await connection.close();
  const all = [...callers.modern, ...callers.legacy];
  await Promise.all(all.map(async (caller) => caller[Symbol.asyncDispose]()));
  return { runs, currentAt };
}

/** What must hold. A standalone activity has no version in Temporal: each attempt of it goes to the build that is current then. */
export function toDeployClaims({ runs, currentAt }: DeployReport): readonly Claim[] {
  const of = (lane: string) => runs.filter(({ kind }) => toLane(kind) === lane);
  const attempts = of('activity').flatMap(({ id, arrived }) =>
    arrived.map(({ at, by }) => ({ id, at: at - currentAt, build: toBuild(by) })),
  );
  const builds = ['1', '2'].flatMap((build) =>
    (['workflow', 'activity'] as const).map((lane) => ({ build, lane })),
  );
  return [
    ...toTaskClaims(runs),
    claim(
      'a rolling deploy: every task is completed',
      runs,
      ({ status }) => status === 'completed',
    ),
    {
      claim: 'both builds ran attempts in both lanes, and some tasks were retried in either',
      against: [
        ...builds
          .filter(({ build, lane }) => of(lane).every((run) => !toBuilds(run).includes(build)))
          .map(({ build, lane }) => `build ${build} ran nothing in the ${lane} lane`),
        ...(['workflow', 'activity'] as const)
          .filter((lane) => of(lane).every(({ arrivals }) => arrivals < 2))
          .map((lane) => `nothing was retried in the ${lane} lane`),
      ],
    },
    claim(
      'a workflow has all its attempts, submits and polls on the build that began it',
      of('workflow'),
      (run) => toBuilds(run).length === 1,
    ),
    claim(
      'an attempt in the activity lane runs on the build that is current when it begins',
      attempts,
      ({ at, build }) => (build === '1' ? at <= PASSED_ON_MS : at >= 0),
    ),
  ];
}

/** What is worth knowing beside the claims. */
export function toDeployLine({ runs }: DeployReport): string {
  const count = (lane: string) => runs.filter(({ kind }) => toLane(kind) === lane).length;
  const mixed = runs.filter((run) => toBuilds(run).length > 1);
  return (
    `${count('workflow')} workflows and ${count('activity')} activities; ` +
    `${mixed.length} activities were retried on the other build than the one that began them`
  );
}

const toBuild = (by: string | null) => /^build-(\d)/.exec(by ?? '')?.[1] ?? 'none';

const toBuilds = ({ arrived }: DeployRun) => [...new Set(arrived.map(({ by }) => toBuild(by)))];

/** Short ones and longer ones; of the reads, every other one is to be retried. */
function toErrand(agent: number, count: number): Errand {
  const kind = toKind(agent + count);
  const isRetried = toDeed(kind) === 'read' && (agent + count) % 4 < 2;
  return {
    kind,
    way: WAY_NAMES[(agent + Math.floor(count / 2)) % WAY_NAMES.length] ?? 'control',
    id: `${isRetried ? 'unavailable-at-first-' : ''}deploy-${agent}-${count}`,
    seconds: agent % 3 === 0 ? LONG_SECONDS : SHORT_SECONDS,
  };
}

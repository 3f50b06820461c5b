// Many tasks at once, half of them in each lane, and gateway, worker and Temporal killed in the middle of them.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '../../../src/contract/lane.ts';
import { readDataDirectory } from '../../../src/local/index.ts';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import { runErrand, type Errand, type Run } from '../agent.ts';
import { createFleet, type Launch } from '../fleet.ts';
import { toKind, toLane } from '../kinds.ts';
import { startCountingUpstream } from '../upstream.ts';

/** `together`: `longhaul dev` with its embedded server. `apart`: `serve` and `worker` on a server of their own. */
type Shape = 'together' | 'apart';

/** How much load, and when the kill. */
export interface Load {
  readonly shape: Shape;
  readonly tasks: number;
  /** Shortest and longest task, in seconds; the others lie evenly in between. */
  readonly seconds: readonly [number, number];
  /** From the moment when all handles are held and all requests are upstream to the kill, in milliseconds. */
  readonly killAfterMs: number;
  /** Silence after which an attempt counts as vanished, in seconds. */
  readonly heartbeatSeconds: number;
}

/** What happened. Instants are milliseconds since the epoch. */
export interface LoadReport {
  readonly load: Load;
  readonly killedAt: number;
  /** From the kill until the processes were ready again, in milliseconds. */
  readonly restartMs: number;
  /** Tasks that were acknowledged and had not ended when everything was killed. */
  readonly open: Readonly<Record<Lane, number>>;
  readonly runs: readonly Run[];
}

/** Runs the load; resolves when every task has ended. */
export async function runLoad(load: Load): Promise<LoadReport> {
  await using upstream = await startCountingUpstream(load.heartbeatSeconds);
  await using temporal = load.shape === 'apart' ? await startTestTemporal(SEARCH_ATTRIBUTES) : null;
  const env = {
    LONGHAUL_MAX_CONCURRENCY: String(load.tasks),
    ...(temporal && { TEMPORAL_ADDRESS: temporal.address }),
  };
  await using fleet = await createFleet(upstream.configuration, {
    gateway: (): Launch => ({ command: temporal ? 'serve' : 'dev', env }),
    worker: () => ({ command: 'worker', env }),
  });
  const members = temporal ? (['worker', 'gateway'] as const) : (['gateway'] as const);
  await Promise.all(members.map(async (name) => fleet.start(name)));
  await using caller = openMcpCaller(fleet.mcpUrl('gateway'), load.tasks);
  const callers = { modern: [caller], legacy: [] };
  const errands = toErrands(load);
  const handles = new Set<string>();
  const endedBefore = new Set<string>();
  const outcomes = Promise.all(
    errands.map(async (errand) => {
      const outcome = await runErrand(callers, errand, { holding: () => handles.add(errand.id) });
      endedBefore.add(errand.id);
      return outcome;
    }),
  );
  // An attempt that is killed before its request went out says OUTCOME_UNKNOWN, too; here all of them have gone out, but for one that an
  // overloaded server took for started and gave to no worker.
  const isOut = ({ id }: Errand) =>
    endedBefore.has(id) || (handles.has(id) && upstream.arrivals(id) > 0);
  while (!errands.every(isOut)) await sleep(20);
  await sleep(load.killAfterMs);
  const killedAt = Date.now();
  const isOpen = ({ id }: Errand) => handles.has(id) && !endedBefore.has(id);
  const openLanes = errands.filter(isOpen).map(({ kind }) => toLane(kind));
  const killServer = async () => {
    if (temporal) return temporal.restart();
    const { server } = await readDataDirectory(fleet.home.dataDirectory);
    process.kill(server!.pid, 'SIGKILL');
  };
  await Promise.all([killServer(), ...members.map(async (name) => fleet.kill(name))]);
  const restartMs = Date.now() - killedAt;
  const ended = await outcomes;
  return {
    load,
    killedAt,
    restartMs,
    open: {
      workflow: openLanes.filter((lane) => lane === 'workflow').length,
      activity: openLanes.filter((lane) => lane === 'activity').length,
    },
    runs: ended.map((outcome) => ({ ...outcome, arrivals: upstream.arrivals(outcome.id) })),
  };
}

function toErrands({ tasks, seconds: [shortest, longest] }: Load): readonly Errand[] {
  return Array.from({ length: tasks }, (_, index) => ({
    kind: toKind(index),
    id: `errand-${index}`,
    way: index % 8 < 4 ? 'control' : 'control, waiting',
    seconds: shortest + ((longest - shortest) * index) / (tasks - 1),
  }));
}

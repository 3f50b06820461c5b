// Many tasks at once, and gateway and worker killed in the middle of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/calls/search-attributes.ts';
import { startTestTemporal } from '../../support/temporal/server.ts';
import { runErrand, type Errand, type Run } from '../agent.ts';
import { createFleet, type Launch } from '../fleet.ts';
import { KINDS_IN_BOTH_LANES as KINDS, startCountingUpstream } from '../upstream.ts';

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
  readonly runs: readonly Run[];
}

/** Runs the load; resolves when every task has ended. */
export async function runLoad(load: Load): Promise<LoadReport> {
  await using upstream = await startCountingUpstream(load.heartbeatSeconds);
  await using temporal = load.shape === 'apart' ? await startTestTemporal(SEARCH_ATTRIBUTES) : null;
  const env = temporal ? { TEMPORAL_ADDRESS: temporal.address } : {};
  await using fleet = await createFleet(upstream.inBothLanes, {
    gateway: (): Launch => ({ command: temporal ? 'serve' : 'dev', env }),
    worker: () => ({ command: 'worker', env }),
  });
  const members = temporal ? (['worker', 'gateway'] as const) : (['gateway'] as const);
  await Promise.all(members.map(async (name) => fleet.start(name)));
  await using caller = openMcpCaller(fleet.mcpUrl('gateway'), load.tasks);
  const callers = { modern: [caller], legacy: [] };
  const errands = toErrands(load);
  const handles = new Set<string>();
  const outcomes = Promise.all(
    errands.map((errand) => runErrand(callers, errand, { holding: () => handles.add(errand.id) })),
  );
  // An attempt that is killed before its request went out says OUTCOME_UNKNOWN, too; here all of them have gone out.
  while (!errands.every(({ id }) => handles.has(id) && upstream.arrivals(id) > 0)) await sleep(20);
  await sleep(load.killAfterMs);
  const killedAt = Date.now();
  await Promise.all(members.map(async (name) => fleet.kill(name)));
  const restartMs = Date.now() - killedAt;
  const ended = await outcomes;
  return {
    load,
    killedAt,
    restartMs,
    runs: ended.map((outcome) => ({ ...outcome, arrivals: upstream.arrivals(outcome.id) })),
  };
}

function toErrands({ tasks, seconds: [shortest, longest] }: Load): readonly Errand[] {
  return Array.from({ length: tasks }, (_, index) => ({
    kind: KINDS[index % KINDS.length] ?? 'read',
    id: `errand-${index}`,
    way: index % 2 === 0 ? 'control' : 'control, waiting',
    seconds: shortest + ((longest - shortest) * index) / (tasks - 1),
  }));
}

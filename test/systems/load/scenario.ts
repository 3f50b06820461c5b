// Many tasks at once, and gateway and worker killed in the middle of them.
import { setTimeout as sleep } from 'node:timers/promises';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { runErrand, type Errand, type Outcome } from './agent.ts';
import { startFleet, type Shape } from './fleet.ts';
import { startLoadUpstream, type Kind } from './upstream.ts';

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

/** One task, with what the upstream saw of it. */
export interface Run extends Outcome {
  /** How often its request arrived. */
  readonly arrivals: number;
}

/** What happened. Instants are milliseconds since the epoch. */
export interface LoadReport {
  readonly load: Load;
  readonly killedAt: number;
  /** From the kill until the processes were ready again, in milliseconds. */
  readonly restartMs: number;
  readonly runs: readonly Run[];
}

const KINDS: readonly Kind[] = ['read', 'charge', 'render'];

/** Runs the load; resolves when every task has ended. */
export async function runLoad(load: Load): Promise<LoadReport> {
  await using upstream = await startLoadUpstream(load.heartbeatSeconds);
  await using fleet = await startFleet(load.shape, upstream.configuration);
  await using caller = openMcpCaller(fleet.mcpUrl, load.tasks);
  const errands = toErrands(load);
  const handles = new Set<string>();
  const outcomes = Promise.all(
    errands.map((errand) => runErrand(caller, errand, () => handles.add(errand.id))),
  );
  // An attempt that is killed before its request went out says OUTCOME_UNKNOWN, too; here all of them have gone out.
  while (!errands.every(({ id }) => handles.has(id) && upstream.arrivals(id) > 0)) await sleep(20);
  await sleep(load.killAfterMs);
  const killedAt = Date.now();
  await fleet.restart();
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
    follow: index % 2 === 0 ? 'poll' : 'wait',
    seconds: shortest + ((longest - shortest) * index) / (tasks - 1),
  }));
}

// A run: agents that never rest, one fault after the other, and samples all along. When the time is over nothing new is
// started, and every task is followed to its end.
import { setTimeout as sleep } from 'node:timers/promises';
import { runErrand } from '../load/agent.ts';
import type { Run } from '../load/scenario.ts';
import { startLoadUpstream } from '../load/upstream.ts';
import { openMcpCaller, type McpCaller } from '../support/mcp-caller.ts';
import { drawErrands, drawFaults, type Fault } from './faults.ts';
import { startSoakFleet } from './fleet.ts';
import { createStopwatch, lookAt, type Sample } from './samples.ts';

/** How long, and how much. */
export interface Soak {
  readonly seed: number;
  readonly seconds: number;
  /** Agents at once, each with one task at a time. */
  readonly agents: number;
  readonly sampleSeconds: number;
}

/** A fault, and when it was, in seconds since the beginning of the run. */
interface Suffered extends Fault {
  readonly at: number;
}

/** What happened. */
export interface SoakReport {
  readonly soak: Soak;
  readonly runs: readonly Run[];
  readonly suffered: readonly Suffered[];
  readonly samples: readonly Sample[];
}

/** Silence after which an attempt counts as vanished, in seconds: shorter than a worker may be frozen. */
const HEARTBEAT_SECONDS = 5;

/** Runs it; resolves when every task has ended. */
export async function runSoak(soak: Soak): Promise<SoakReport> {
  await using upstream = await startLoadUpstream(HEARTBEAT_SECONDS);
  await using fleet = await startSoakFleet(upstream.configuration);
  const stopwatch = createStopwatch();
  const callers = fleet.mcpUrls.map((url) => stopwatch.wrap(openMcpCaller(url, soak.agents)));
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const isOver = () => elapsed() >= soak.seconds;
  let open = 0;

  const errands = drawErrands(soak.seed);
  const work = async (agent: number): Promise<Run[]> => {
    const runs: Run[] = [];
    const caller = takeTurns(callers, agent);
    while (!isOver()) {
      const errand = errands.next().value;
      open += 1;
      const outcome = await runErrand(caller, errand, () => undefined);
      open -= 1;
      runs.push({ ...outcome, arrivals: upstream.arrivals(errand.id) });
    }
    return runs;
  };

  const suffered: Suffered[] = [];
  const fail = async (): Promise<void> => {
    for (const fault of drawFaults(soak.seed)) {
      await sleep(fault.pauseSeconds * 1000);
      if (isOver()) return;
      suffered.push({ ...fault, at: elapsed() });
      await fleet.suffer(fault);
    }
  };

  const samples: Sample[] = [];
  const watch = async (): Promise<void> => {
    while (!isOver()) {
      await sleep(soak.sampleSeconds * 1000);
      const { gateway, worker } = fleet.survivors;
      samples.push({
        at: elapsed(),
        open,
        ...stopwatch.take(),
        gateway: lookAt(gateway),
        worker: lookAt(worker),
      });
    }
  };

  const agents = Array.from({ length: soak.agents }, async (_, agent) => work(agent));
  const [runs] = await Promise.all([Promise.all(agents), fail(), watch()]);
  await Promise.all(callers.map(async (caller) => caller[Symbol.asyncDispose]()));
  return { soak, runs: runs.flat(), suffered, samples };
}

/** One caller that goes to another gateway with every call. */
function takeTurns(callers: readonly McpCaller[], first: number): Pick<McpCaller, 'call'> {
  let turn = first;
  return { call: async (tool, args) => callers[(turn += 1) % callers.length]!.call(tool, args) };
}

// A run: agents that never rest, one fault after the other, and samples all along. When the time is over nothing new is
// started, every task is followed to its end, and every end that is to be told is waited for.
import { setTimeout as sleep } from 'node:timers/promises';
import { startCountingUpstream } from '../upstream.ts';
import { openMcpCaller } from '../../support/clients/mcp-caller.ts';
import { SECRET } from '../../support/peers/callback-receiver.ts';
import type { Callers } from '../agent.ts';
import type { Calls } from '../ways.ts';
import { runSoakErrand, type SoakOutcome } from './errand.ts';
import { drawErrands, drawFaults, type Fault } from './faults.ts';
import { startSoakFleet } from './members.ts';
import { answerQuestions } from './person.ts';
import { createStopwatch, lookAt, type Sample } from './samples.ts';
import { startSoakReceiver, type SoakReceiver } from './told.ts';

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

/** One task, with what its peers saw of it. */
interface SoakRun extends SoakOutcome {
  /** How often its request arrived at the upstream. */
  readonly arrivals: number;
  /** What the receiver of its end was told. */
  readonly told: ReturnType<SoakReceiver['told']>;
}

/** What happened. */
export interface SoakReport {
  readonly soak: Soak;
  readonly runs: readonly SoakRun[];
  readonly suffered: readonly Suffered[];
  readonly samples: readonly Sample[];
}

/** How long callbacks that failed once have for the next attempt, which comes after 5 s, in milliseconds. */
const NEXT_ATTEMPT_MS = 15_000;

/** Longest wait for the others, whose next attempt would come in minutes: an operator has them sent, in milliseconds. */
const TOLD_MS = 120_000;

/** Runs it; resolves when every task has ended. */
export async function runSoak(soak: Soak): Promise<SoakReport> {
  await using upstream = await startCountingUpstream();
  await using receiver = await startSoakReceiver();
  await using fleet = await startSoakFleet({
    UPSTREAM_URL: upstream.url,
    RECEIVER_URL: receiver.url,
    CALLBACK_SECRET: SECRET,
  });
  const stopwatch = createStopwatch();
  const openCallers = (era: 'modern' | 'legacy') =>
    fleet.mcpUrls.map((url) => stopwatch.wrap(openMcpCaller(url, 2 * soak.agents, era)));
  const callers = { modern: openCallers('modern'), legacy: openCallers('legacy') };
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const isOver = () => elapsed() >= soak.seconds;
  let open = 0;

  const errands = drawErrands(soak.seed);
  const work = async (agent: number): Promise<SoakOutcome[]> => {
    const outcomes: SoakOutcome[] = [];
    const own: Callers = {
      modern: [takeTurns(callers.modern, agent)],
      legacy: [takeTurns(callers.legacy, agent)],
    };
    while (!isOver()) {
      const errand = errands.next().value;
      open += 1;
      outcomes.push(await runSoakErrand(own, errand));
      open -= 1;
    }
    return outcomes;
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

  const leaving = new AbortController();
  const person = answerQuestions(takeTurns(callers.modern, 0), leaving.signal);
  const agents = Array.from({ length: soak.agents }, async (_, agent) => work(agent));
  const [worked] = await Promise.all([Promise.all(agents), fail(), watch()]);
  leaving.abort();
  await person;
  const outcomes = worked.flat();
  const untold = () =>
    outcomes.filter(({ kind, id }) => kind === 'charge' && receiver.told(id).length === 0);
  await waitWhile(() => untold().length > 0, NEXT_ATTEMPT_MS);
  for (const { handle } of untold()) await fleet.replay(handle);
  await waitWhile(() => untold().length > 0, TOLD_MS);
  const opened = [...callers.modern, ...callers.legacy];
  await Promise.all(opened.map(async (caller) => caller[Symbol.asyncDispose]()));
  const runs = outcomes.map((outcome) => ({
    ...outcome,
    arrivals: upstream.arrivals(outcome.id),
    told: receiver.told(outcome.id),
  }));
  return { soak, runs, suffered, samples };
}

/** Waits, so long at most. */
async function waitWhile(holds: () => boolean, mostMs: number): Promise<void> {
  const until = performance.now() + mostMs;
  while (holds() && performance.now() < until) await sleep(500);
}

/** One caller that goes to another gateway with every call. */
function takeTurns(callers: readonly Calls[], first: number): Calls {
  let turn = first;
  const next = () => callers[(turn += 1) % callers.length]!;
  return {
    call: async (...call) => next().call(...call),
    request: async (...request) => next().request(...request),
  };
}

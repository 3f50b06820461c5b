// An agent that starts one task and follows it to its end, whatever breaks on the way. Invariant: a handle that it was given is
// never given up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Era } from '../support/clients/mcp-caller.ts';
import { createRepeatedCalls, type RepeatedCalls } from './repeated-calls.ts';
import { WAYS, type Calls, type Request, type Standing, type WayName } from './ways.ts';

/** What an agent is to do. */
export interface Errand extends Request {
  readonly way: WayName;
}

/** What became of it. */
export interface Outcome
  extends Errand, Omit<Standing, 'wrongHint'>, Pick<RepeatedCalls, 'troubles' | 'wrong'> {
  readonly handle: string;
  /** When the handle was there, and when the end was known, in milliseconds since the epoch. */
  readonly heldAt: number;
  readonly knownAt: number;
  /** The gateway that gave the handle, by its place. */
  readonly startedBy: number;
  /** Calls that were answered. */
  readonly calls: number;
  /** Hints that the formula does not give. */
  readonly wrongHints: readonly string[];
}

/** One task, with what the upstream saw of it. */
export interface Run extends Outcome {
  /** How often its request arrived. */
  readonly arrivals: number;
}

/** Callers of every gateway. */
export type Callers = Readonly<Record<Era, readonly Calls[]>>;

/**
 * Runs one errand to its end; `first` is the gateway that it turns to first, `holding` is called with the handle.
 *
 * @throws {Error} with the last refusal, when it gave up
 */
export async function runErrand(
  callers: Callers,
  errand: Errand,
  { first = 0, holding }: { first?: number; holding?: () => unknown } = {},
): Promise<Outcome> {
  const way = WAYS[errand.way];
  const calls = createRepeatedCalls(callers[way.era], first);
  const { handle, standing: begun } = await calls.ask(async (caller) => way.start(caller, errand));
  const heldAt = Date.now();
  const startedBy = calls.gateway();
  holding?.();
  const read = async () => calls.ask(async (caller) => way.read(caller, handle));
  const wrongHints: string[] = [];
  let last = begun ?? (await read());
  for (;;) {
    if (last.wrongHint !== null) wrongHints.push(last.wrongHint);
    if (last.done) break;
    await sleep(last.pauseMs);
    last = await read();
  }
  return {
    ...errand,
    ...last,
    handle,
    heldAt,
    knownAt: Date.now(),
    startedBy,
    calls: calls.answered(),
    troubles: calls.troubles,
    wrong: calls.wrong,
    wrongHints,
  };
}

// An agent that starts one task and follows it to its end, whatever breaks on the way. It knows both gateways, and turns to the other
// one when a call got no answer or a refusal that says to try again. Invariant: a handle that it was given is never given up.
import { setTimeout as sleep } from 'node:timers/promises';
import type { McpCaller } from '../../support/clients/mcp-caller.ts';
import { AGAIN, FACES, type FaceName, type Request, type Standing } from './faces.ts';

/** What an agent is to do. */
export interface Errand extends Request {
  readonly face: FaceName;
}

/** A call that was not answered. */
interface Trouble {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `lost`: there was no answer. `refused`: with the advice to repeat it. */
  readonly what: 'lost' | 'refused';
}

/** What became of it. */
export interface Told extends Errand, Standing {
  readonly handle: string;
  /** When the handle was there, and when the end was known, in milliseconds since the epoch. */
  readonly heldAt: number;
  readonly toldAt: number;
  /** The gateway that gave the handle, by its place. */
  readonly startedBy: number;
  /** What came instead of an answer, each time followed by the same call to the other gateway. */
  readonly troubles: readonly Trouble[];
  /** Anything else that came instead of an answer. */
  readonly wrong: readonly string[];
}

/** Callers of both gateways. */
export type Callers = Readonly<Record<'modern' | 'legacy', readonly McpCaller[]>>;

/** Answers that are neither right nor to be repeated, after which an agent gives up. */
const PATIENCE = 20;

/** Shortest and longest pause between two calls of one agent, in milliseconds: each is half as long again as the one before. */
const PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Runs one errand to its end; `first` is the gateway that it turns to first.
 *
 * @throws {Error} with the last answer, when it gave up
 */
export async function runErrand(callers: Callers, errand: Errand, first: number): Promise<Told> {
  const face = FACES[errand.face];
  const gateways = callers[face.era];
  const wrong: string[] = [];
  const troubles: Trouble[] = [];
  let turn = first;
  let pauseMs = PAUSE_MS;
  const pause = async (): Promise<void> => {
    await sleep(pauseMs);
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS);
    turn += 1;
  };
  const insist = async <Answer>(ask: (caller: McpCaller) => Promise<Answer>): Promise<Answer> => {
    for (;;) {
      const caller = gateways[turn % gateways.length];
      if (!caller) throw new Error('there is no gateway');
      try {
        return await ask(caller);
      } catch (error) {
        const { name, message } = error as Error;
        if (name !== 'RefusedError') troubles.push({ at: Date.now(), what: 'lost' });
        else if (AGAIN.test(message)) troubles.push({ at: Date.now(), what: 'refused' });
        else wrong.push(message);
        if (wrong.length > PATIENCE) throw new Error(`${errand.id}: ${message}`, { cause: error });
        await pause();
      }
    }
  };
  const handle = await insist(async (caller) => face.start(caller, errand));
  const heldAt = Date.now();
  const startedBy = turn % gateways.length;
  pauseMs = PAUSE_MS;
  let standing = await insist(async (caller) => face.read(caller, handle));
  while (!standing.done) {
    await pause();
    standing = await insist(async (caller) => face.read(caller, handle));
  }
  return { ...errand, ...standing, handle, heldAt, toldAt: Date.now(), startedBy, troubles, wrong };
}

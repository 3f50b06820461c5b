// Calls that are repeated until they are answered: where there was no answer, or a refusal that says to send the same again, the
// next call goes to the next gateway.
import { setTimeout as sleep } from 'node:timers/promises';
import { AGAIN, type Calls } from './ways.ts';

/** A call that was not answered. */
interface Trouble {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `lost`: there was no answer. `refused`: with the advice to repeat it. */
  readonly what: 'lost' | 'refused';
}

/** Calls of one agent, and what came instead of answers. */
export interface RepeatedCalls {
  /**
   * Asks until there is an answer.
   *
   * @throws {Error} with the last refusal, after 20 that do not say to repeat the call
   */
  ask<Answer>(call: (caller: Calls) => Promise<Answer>): Promise<Answer>;
  /** The gateway whose turn it is, by its place. */
  readonly gateway: () => number;
  readonly answered: () => number;
  /** What came instead of an answer, each time followed by the same call to the next gateway. */
  readonly troubles: readonly Trouble[];
  /** Refusals of any other kind. */
  readonly wrong: readonly string[];
}

/** Refusals that do not say to repeat the call, after which an agent gives up. */
const MOST_WRONG = 20;

/** Shortest and longest pause before a call is repeated, in milliseconds: each is half as long again as the one before. */
const PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5_000;

/** Creates the calls; `first` is the gateway that they go to first. */
export function createRepeatedCalls(gateways: readonly Calls[], first = 0): RepeatedCalls {
  const troubles: Trouble[] = [];
  const wrong: string[] = [];
  let answered = 0;
  let turn = first;
  return {
    ask: async (call) => {
      for (let pauseMs = PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
        try {
          const answer = await call(gateways[turn % gateways.length]!);
          answered += 1;
          return answer;
        } catch (error) {
          const { name, message } = error as Error;
          if (name !== 'RefusedError') troubles.push({ at: Date.now(), what: 'lost' });
          else if (AGAIN.test(message)) troubles.push({ at: Date.now(), what: 'refused' });
          else wrong.push(message);
          if (wrong.length > MOST_WRONG) throw error;
        }
        turn += 1;
        await sleep(pauseMs);
      }
    },
    gateway: () => turn % gateways.length,
    answered: () => answered,
    troubles,
    wrong,
  };
}

// An agent that starts one task and follows it to its end: it comes back when poll_after_ms says, or waits within its
// calls, repeats a call whose answer was lost, and checks every hint against the formula.
import { setTimeout as sleep } from 'node:timers/promises';
import { toPollAfterMs } from '../../../src/tasks/poll-hint.ts';
import type { McpCaller, PairAnswer } from '../../support/clients/mcp-caller.ts';

/** What an agent is to do. */
export interface Errand {
  /** The operation. */
  readonly kind: string;
  readonly id: string;
  readonly seconds: number;
  /** By plain polling, or by calls that wait. */
  readonly follow: 'poll' | 'wait';
}

/** What became of it. */
export interface Outcome extends Errand {
  readonly status: string;
  /** The code of a failure. */
  readonly code: string | null;
  readonly attempt: number | null;
  /** When the task ended, by Temporal's record, in milliseconds since the epoch. */
  readonly endedAt: number;
  /** When the agent learned of it. */
  readonly learnedAt: number;
  /** Calls that were answered. */
  readonly calls: number;
  /** Calls without an answer, each repeated. */
  readonly lostCalls: number;
  /** Answers that were errors. */
  readonly errors: readonly string[];
  /** Hints that the formula does not give. */
  readonly wrongHints: readonly string[];
}

/** The defaults of the configuration's `polling` group. */
const HINTS = { initialIntervalMs: 1000, maxIntervalMs: 30_000, backoffMultiplier: 2 };

/** Pause before a call that got no answer is repeated, in milliseconds. */
const AGAIN_MS = 200;

/** Runs one errand to its end. `holding` is called once the agent holds the handle. */
export async function runErrand(
  caller: Pick<McpCaller, 'call'>,
  errand: Errand,
  holding: () => unknown,
): Promise<Outcome> {
  const { kind, id, seconds, follow } = errand;
  const errors: string[] = [];
  const wrongHints: string[] = [];
  let calls = 0;
  let lostCalls = 0;
  const ask = async (tool: string, args: object): Promise<PairAnswer> => {
    for (;;) {
      const askedAt = Date.now();
      try {
        const answer = await caller.call(tool, args);
        calls += 1;
        const wrong = checkHint(answer, askedAt, Date.now());
        if (wrong !== null) wrongHints.push(wrong);
        return answer;
      } catch (error) {
        if ((error as Error).name === 'RefusedError') errors.push(String(error));
        else lostCalls += 1;
        await sleep(AGAIN_MS);
      }
    }
  };
  let answer = await ask('initiate_background_task', {
    operation_type: kind,
    parameters: { id, seconds },
    idempotency_key: id,
  });
  holding();
  const { task_ref } = answer;
  while (answer.poll_after_ms !== null) {
    if (follow === 'poll') await sleep(answer.poll_after_ms);
    answer = await ask('resolve_task_status', {
      task_ref,
      ...(follow === 'wait' && { wait_seconds: 25 }),
    });
  }
  return {
    ...errand,
    status: answer.status,
    code: answer.error?.code ?? null,
    attempt: answer.attempt ?? null,
    endedAt: Date.parse(answer.updated_at ?? ''),
    learnedAt: Date.now(),
    calls,
    lostCalls,
    errors,
    wrongHints,
  };
}

/** The hint grows with the age of the task at the moment of the answer, which lies between two looks at the clock. */
function checkHint(answer: PairAnswer, askedAt: number, answeredAt: number): string | null {
  if (answer.poll_after_ms === null) return null;
  const createdAt = Date.parse(answer.created_at);
  const least = toPollAfterMs(askedAt - createdAt, HINTS);
  const most = toPollAfterMs(answeredAt - createdAt, HINTS);
  const hint = answer.poll_after_ms;
  return hint >= least && hint <= most ? null : `${hint} is not in ${least} to ${most}`;
}

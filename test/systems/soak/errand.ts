// One task of the soak: an agent follows it by one of the ways, and meanwhile another caller may start the same again or cancel it. When
// it has ended, the same start is sent once more, which must find the same end.
import { setTimeout as sleep } from 'node:timers/promises';
import type { PairAnswer } from '../../support/clients/mcp-caller.ts';
import { runErrand, type Callers, type Errand, type Outcome } from '../agent.ts';
import { createRepeatedCalls, type RepeatedCalls } from '../repeated-calls.ts';
import type { KINDS } from './faults.ts';

/** What is to be done. */
export interface SoakErrand extends Errand {
  readonly kind: (typeof KINDS)[number];
  /** What another caller does as soon as the handle is there. */
  readonly meanwhile: 'nothing' | 'started again' | 'cancelled';
}

/** What became of it. */
export interface SoakOutcome
  extends SoakErrand, Pick<Outcome, 'handle' | 'status' | 'code' | 'wrong' | 'wrongHints'> {
  /** What starts that repeat the first were answered, each time: whether they found a task, and how it stood. */
  readonly again: readonly Pick<Duplicate, 'deduplicated' | 'status'>[];
  /** What stands in the file that the task returned; `null` where it returned none. */
  readonly file: string | null;
}

interface Duplicate extends PairAnswer {
  readonly deduplicated?: boolean;
  readonly result?: { readonly uri?: string } | null;
}

/** Pause between two calls, in milliseconds. */
const PAUSE_MS = 500;

/** Runs one errand to its end. */
export async function runSoakErrand(callers: Callers, errand: SoakErrand): Promise<SoakOutcome> {
  const { kind, id, seconds, meanwhile } = errand;
  const calls = createRepeatedCalls(callers.modern);
  const again: Duplicate[] = [];
  const startAgain = async (): Promise<Duplicate> => {
    const request = { operation_type: kind, parameters: { id, seconds }, idempotency_key: id };
    const answer = await calls.ask(async ({ call }) => call('initiate_background_task', request));
    again.push(answer);
    return answer;
  };
  let others: Promise<unknown> = Promise.resolve();
  const holding = () => {
    if (meanwhile === 'nothing') return;
    others = startAgain().then(async ({ task_ref }) => {
      if (meanwhile === 'started again') return;
      await calls.ask(async ({ call }) => call('cancel_background_task', { task_ref }));
    });
  };
  const end = await runErrand(callers, errand, { holding });
  await others;
  // Native tasks say that they are cancelled as soon as a cancel was asked for; the end comes a moment later.
  let last = await startAgain();
  while (last.poll_after_ms !== null && end.status === 'cancelled') {
    await sleep(PAUSE_MS);
    last = await startAgain();
  }
  const { status, error, result } = last;
  const known = end.status === 'cancelled' ? { status, code: error?.code ?? null } : end;
  return {
    ...errand,
    handle: last.task_ref,
    status: known.status,
    code: known.code,
    wrong: [...calls.wrong, ...end.wrong],
    wrongHints: end.wrongHints,
    again: again.map(({ deduplicated = false, status }) => ({ deduplicated, status })),
    file: result?.uri === undefined ? null : await readFile(calls, result.uri),
  };
}

async function readFile(calls: RepeatedCalls, uri: string): Promise<string> {
  const { contents } = await calls.ask(async ({ request }) =>
    request('resources/read', { uri, name: uri }),
  );
  return (contents as readonly { readonly text: string }[])[0]?.text ?? '';
}

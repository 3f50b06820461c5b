// An agent of the soak: one task, by one of the ways to it, and somebody else who starts the same again or cancels it meanwhile. When
// it has ended, the same start is sent once more, which must find the same end. Invariant: a call without an answer, or with the
// advice to repeat it, is repeated.
import { setTimeout as sleep } from 'node:timers/promises';
import { FACES, type FaceName, type Standing } from '../cluster/faces.ts';
import { runErrand, type Outcome } from '../load/agent.ts';
import type { McpCaller, PairAnswer } from '../../support/clients/mcp-caller.ts';
import type { KINDS } from './faults.ts';

/** What an agent is to do. */
export interface SoakErrand {
  readonly kind: (typeof KINDS)[number];
  readonly id: string;
  readonly seconds: number;
  readonly way: Outcome['follow'] | Exclude<FaceName, 'pair'>;
  /** What somebody else does as soon as the handle is there. */
  readonly meanwhile: 'nothing' | 'started again' | 'cancelled';
}

/** What became of it. */
export interface SoakOutcome extends SoakErrand, Pick<Outcome, 'status' | 'code' | 'errors'> {
  readonly taskRef: string;
  /** Hints that the formula does not give. */
  readonly wrongHints: readonly string[];
  /** What starts that repeat the first were answered, each time: whether they found a task, and how it stood. */
  readonly again: readonly Pick<Duplicate, 'deduplicated' | 'status'>[];
  /** What stands in the file that the task returned; `null` where it returned none. */
  readonly file: string | null;
}

/** Callers that go to another gateway with every call. */
export type Callers = Readonly<Record<'modern' | 'legacy', Pick<McpCaller, 'call' | 'request'>>>;

interface Duplicate extends PairAnswer {
  readonly deduplicated?: boolean;
  readonly result?: { readonly uri?: string } | null;
}

/** Pause between two calls, in milliseconds. */
const PAUSE_MS = 500;

/** Refusals after which an agent gives up: each is told, and none but a defect brings so many. */
const PATIENCE = 500;

/** Runs one errand to its end. */
export async function runSoakErrand(callers: Callers, errand: SoakErrand): Promise<SoakOutcome> {
  const { kind, id, seconds, way, meanwhile } = errand;
  const errors: string[] = [];
  const insist = createInsistence(errors);
  const again: Duplicate[] = [];
  const startAgain = async (): Promise<Duplicate> => {
    const request = { operation_type: kind, parameters: { id, seconds }, idempotency_key: id };
    const answer = await insist(async () =>
      callers.modern.call('initiate_background_task', request),
    );
    again.push(answer);
    return answer;
  };
  let somebody: Promise<unknown> = Promise.resolve();
  const hold = () => {
    if (meanwhile === 'nothing') return;
    somebody = startAgain().then(async ({ task_ref }) => {
      if (meanwhile === 'started again') return;
      await insist(async () => callers.modern.call('cancel_background_task', { task_ref }));
    });
  };
  const end: Standing & Partial<Outcome> =
    way === 'poll' || way === 'wait'
      ? {
          done: true,
          ...(await runErrand(callers.modern, { kind, id, seconds, follow: way }, hold)),
        }
      : await follow(callers, errand, way, insist, hold);
  await somebody;
  // A native face says that a task is cancelled as soon as somebody asked for it; its end comes a moment later.
  let last = await startAgain();
  while (last.poll_after_ms !== null && end.status === 'cancelled') {
    await sleep(PAUSE_MS);
    last = await startAgain();
  }
  const { status, error, result } = last;
  const known = end.status === 'cancelled' ? { status, code: error?.code ?? null } : end;
  return {
    ...errand,
    taskRef: last.task_ref,
    status: known.status,
    code: known.code,
    errors: [...errors, ...(end.errors ?? [])],
    wrongHints: end.wrongHints ?? [],
    again: again.map(({ deduplicated = false, status }) => ({ deduplicated, status })),
    file: result?.uri === undefined ? null : await readFile(callers, result.uri, insist),
  };
}

type Insist = <Answer>(ask: () => Promise<Answer>) => Promise<Answer>;

/** Repeats a call until it is answered. */
function createInsistence(errors: string[]): Insist {
  return async (ask) => {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if ((error as Error).name === 'RefusedError') errors.push(String(error));
        if (errors.length > PATIENCE) throw error;
        await sleep(PAUSE_MS);
      }
    }
  };
}

/** By a native face: a call after the other. */
async function follow(
  callers: Callers,
  errand: SoakErrand,
  way: Exclude<FaceName, 'pair'>,
  insist: Insist,
  hold: () => void,
): Promise<Standing> {
  const face = FACES[way];
  const caller = callers[face.era];
  const handle = await insist(async () => face.start(caller, errand));
  hold();
  for (;;) {
    const standing = await insist(async () => face.read(caller, handle));
    if (standing.done) return standing;
    await sleep(PAUSE_MS);
  }
}

async function readFile({ modern }: Callers, uri: string, insist: Insist): Promise<string> {
  const { contents } = await insist(async () =>
    modern.request('resources/read', { uri, name: uri }),
  );
  return (contents as readonly { readonly text: string }[])[0]?.text ?? '';
}

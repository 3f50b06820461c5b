// What a task asks people, and what they answer. Answers come as signals, which Temporal keeps whether or not a worker is
// there. Invariants: a key names one question for the whole life of the task, its first answer holds, and waiting for it
// costs the task none of its time.
import {
  CancellationScope,
  condition,
  defineSignal,
  makeContinueAsNewFunc,
  setHandler,
  upsertMemo,
  workflowInfo,
} from '@temporalio/workflow';
import { createTaskError } from '../../src/contract/errors.ts';
import {
  INPUT_MS,
  INPUT_SIGNAL,
  type Asked,
  type InputRequests,
  type InputResponse,
  type InputResponses,
} from '../../src/contract/input.ts';
import { isJsonObject } from '../../src/contract/json.ts';
import { parseInputMemo, type RunMemo } from '../../src/contract/workflow/memo.ts';
import { toRunTimeoutMs } from '../../src/contract/workflow/run-timeout.ts';
import type { AttemptsBefore, TaskInput } from '../../src/contract/workflow/task-input.ts';
import type { Clock } from './clock.ts';
import { toWorkflowFailure } from './failure.ts';
import type { StatusLines } from './status-lines.ts';

export interface Questions {
  /** What is answered so far, by the operation's own key. */
  readonly responses: InputResponses;
  /**
   * Waits until nothing is left to answer. Rejects with `DEADLINE_EXCEEDED` when that takes too long.
   *
   * @param untilReleased resolves when nothing asks any more, and rejects with what ends the wait; it is cancelled with the wait.
   * Default: never
   */
  awaitAnswers(untilReleased?: () => Promise<void>): Promise<void>;
  /** Asks, and goes on as a new run: only a new run can have a timeout that a wait of days fits in. Never returns. */
  ask(questions: InputRequests, before: Omit<AttemptsBefore, keyof Times>): Promise<never>;
}

type Times = Pick<AttemptsBefore, 'spentMs' | 'waitedMs'>;

const provideInput = defineSignal<[unknown]>(INPUT_SIGNAL);

const NOTHING_ASKED: Asked = { requests: {}, keys: {}, responses: {} };

/** The questions of the task that runs here; it takes answers from now on. */
export function createQuestions(
  input: TaskInput,
  clock: Clock,
  statusLines: StatusLines,
): Questions {
  const limitMs = input.policy.inputMs ?? INPUT_MS;
  let { requests, responses } = input.asked ?? NOTHING_ASKED;
  const { keys } = input.asked ?? NOTHING_ASKED;
  const attempt = input.before?.attempt ?? 0;
  const until = clock.startedAt + limitMs;
  // The end of the wait that readers were shown does not move.
  const shownUntil = parseInputMemo(workflowInfo().memo ?? {})?.until ?? until;
  const hasAsked = Object.keys(requests).length > 0;
  const isAnswered = () => Object.keys(requests).length === 0;

  const take = (given: unknown): void => {
    const answers = Object.entries(isJsonObject(given) ? given : {}).flatMap(([key, answer]) =>
      Object.hasOwn(requests, key) && isResponse(answer) ? [[key, answer] as const] : [],
    );
    if (answers.length === 0) return;
    for (const [key, answer] of answers) {
      responses = { ...responses, [keys[key] ?? key]: answer };
      statusLines.add(`\`${key}\` was answered: ${answer.action}`);
    }
    const answered = new Set(answers.map(([key]) => key));
    requests = Object.fromEntries(Object.entries(requests).filter(([key]) => !answered.has(key)));
    if (!isAnswered()) {
      upsertMemo({ input: { requests, attempt, until: shownUntil } } satisfies RunMemo);
    }
  };
  setHandler(provideInput, take);
  const release = (): void => {
    if (!isAnswered()) statusLines.add('Nothing waits for the answer any more');
    requests = {};
  };

  return {
    get responses() {
      return responses;
    },
    awaitAnswers: async (untilReleased) => {
      if (!hasAsked) return;
      if (!isAnswered()) statusLines.add(`Waits for an answer to ${list(requests)}`);
      const leftMs = Math.max(1, until - Date.now());
      const wait = async (): Promise<boolean> => {
        let failure: unknown = null;
        if (!isAnswered()) {
          untilReleased?.().then(release, (thrown: unknown) => {
            failure = thrown;
          });
        }
        const answered = await condition(() => isAnswered() || failure !== null, leftMs);
        CancellationScope.current().cancel();
        if (failure !== null) throw failure as Error;
        return answered;
      };
      const answered = await clock.standStill(async () => CancellationScope.cancellable(wait));
      if (!answered) {
        const message = `no answer to ${list(requests)} came within ${limitMs / 1000} s`;
        const error = createTaskError('DEADLINE_EXCEEDED', message);
        throw toWorkflowFailure(error, input.before?.lastRun ?? null);
      }
      upsertMemo({ input: null, waitedMs: clock.waitedMs } satisfies RunMemo);
    },
    ask: async (questions, before) => {
      const { spentMs, waitedMs } = clock;
      const asked = toAsked(questions, { requests, keys, responses });
      const { attempt } = before;
      const shown = { requests: asked.requests, attempt, until: Date.now() + limitMs };
      const goOn = makeContinueAsNewFunc<(next: TaskInput) => Promise<unknown>>({
        workflowRunTimeout: toRunTimeoutMs(
          clock.left(input.policy.totalMs),
          limitMs,
          input.callbacks !== undefined,
        ),
        memo: { ...workflowInfo().memo, ...({ input: shown } satisfies RunMemo) },
      });
      return goOn({ ...input, asked, before: { ...before, spentMs, waitedMs } });
    },
  };
}

/** A question that is asked anew gets a key of its own: its first answer is not taken for the new one. */
function toAsked(questions: InputRequests, { keys, responses }: Asked): Asked {
  const requests: Record<string, InputRequests[string]> = {};
  const all: Record<string, string> = { ...keys };
  for (const [own, question] of Object.entries(questions)) {
    let key = own;
    for (let time = 2; Object.hasOwn(all, key); time += 1) key = `${own}-${time}`;
    all[key] = own;
    requests[key] = question;
  }
  return { requests, keys: all, responses };
}

function isResponse(answer: unknown): answer is InputResponse {
  if (!isJsonObject(answer)) return false;
  const { action, content } = answer;
  return action === 'accept' ? isJsonObject(content) : action === 'decline' || action === 'cancel';
}

function list(requests: InputRequests): string {
  return Object.keys(requests)
    .map((key) => `\`${key}\``)
    .join(', ');
}

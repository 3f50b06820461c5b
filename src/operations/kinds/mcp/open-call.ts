// A request that is open in this process, across the attempts of its task: a question of the server ends the attempt and not the
// request, and the attempt that brings the answer goes on with it.
import {
  INPUT_MS,
  InputRequired,
  type InputRequest,
  type InputResponse,
} from '../../../contract/input.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Elicit } from './connection.ts';
import { toQuestion } from './question.ts';

export interface OpenCall {
  /** Of the attempt that waits for it, or was the last to. */
  context: DeclaredContext;
  readonly ending: AbortController;
  /** Questions that are not answered, and what takes their answers, by key. */
  readonly asked: Map<string, { request: InputRequest; answer: (response: InputResponse) => void }>;
  /** Called when a question comes. */
  onQuestion: () => void;
  result: Promise<unknown> | undefined;
  /** Ends a request for which no attempt comes back. */
  forgotten?: NodeJS.Timeout;
}

/** How long an attempt waits, and what it gets then. */
interface Limit<Answer> {
  readonly afterMs: number;
  readonly answer: () => Answer;
}

/** What this process has open for tasks, by their keys. */
export interface OpenCalls {
  readonly requests: Map<string, OpenCall>;
  /** Those whose question waits for an answer, and has not ended with its connection or by itself. */
  readonly waiting: Set<string>;
}

export function createOpenCalls(): OpenCalls {
  return { requests: new Map(), waiting: new Set() };
}

/**
 * Goes on with the open request of a task, or sends it. Rejects with `InputRequired` where the server asks; the request stays
 * open then, and what it comes to without an answer is kept for the next attempt.
 *
 * @param limit after which an attempt ends the request, and what it gets then
 */
export async function awaitOpenCall<Answer>(
  context: DeclaredContext,
  calls: OpenCalls,
  send: (open: OpenCall) => Promise<Answer>,
  limit: Limit<Answer> | null = null,
): Promise<Answer> {
  const { idempotencyKey: key, inputResponses, signal } = context;
  const { requests, waiting } = calls;
  const open = requests.get(key) ?? createOpenCall(context);
  clearTimeout(open.forgotten);
  open.context = context;
  requests.set(key, open);
  waiting.delete(key);
  const abort = (): void => {
    open.ending.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  using late = createTimer(limit?.afterMs ?? null);
  try {
    open.result ??= send(open).finally(() => {
      open.asked.clear();
      waiting.delete(key);
    });
    for (const [name, { answer }] of open.asked) {
      const response = inputResponses[name];
      if (!response) continue;
      open.asked.delete(name);
      answer(response);
    }
    const ended = await Promise.race([open.result, untilQuestion(open), late.passed]);
    if (ended === 'late' && limit) {
      open.ending.abort();
      return limit.answer();
    }
    if (ended !== 'question') return ended as Answer;
    if (open.asked.size === 0) return (await open.result) as Answer; // it ended just now
  } finally {
    signal.removeEventListener('abort', abort);
    open.result?.catch(() => undefined); // the next attempt gets it, or nobody wants it any more
    if (open.asked.size === 0 || signal.aborted) requests.delete(key);
  }
  open.forgotten = setTimeout(() => {
    endCall(key, calls);
  }, INPUT_MS).unref();
  waiting.add(key);
  throw new InputRequired(
    Object.fromEntries([...open.asked].map(([name, { request }]) => [name, request])),
  );
}

/** Ends the open request of a task for which no attempt comes back. */
export function endCall(key: string, { requests, waiting }: OpenCalls): void {
  const open = requests.get(key);
  clearTimeout(open?.forgotten);
  open?.ending.abort();
  requests.delete(key);
  waiting.delete(key);
}

/**
 * Puts the questions of one request to its task, in their order.
 *
 * @param toName the key of the n-th question, n counted from 1
 */
export function createAsk(open: OpenCall, toName: (count: number) => string): Elicit {
  let count = 0;
  return async (params) => {
    const request = toQuestion(params);
    count += 1;
    const name = toName(count);
    // Answered before, where the attempt that asked has vanished with its worker and the tool may be repeated.
    const before = open.context.inputResponses[name];
    const response =
      before ??
      (await new Promise<InputResponse>((answer) => {
        open.asked.set(name, { request, answer });
        open.onQuestion();
      }));
    return response.action === 'accept'
      ? { action: 'accept', content: response.content }
      : { action: response.action };
  };
}

function createOpenCall(context: DeclaredContext): OpenCall {
  return {
    context,
    ending: new AbortController(),
    asked: new Map(),
    onQuestion: () => undefined,
    result: undefined,
  };
}

async function untilQuestion(open: OpenCall): Promise<'question'> {
  if (open.asked.size === 0) {
    await new Promise<void>((resolve) => {
      open.onQuestion = resolve;
    });
  }
  return 'question';
}

function createTimer(afterMs: number | null): Disposable & { readonly passed: Promise<'late'> } {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<'late'>((resolve) => {
    if (afterMs !== null) timer = setTimeout(resolve, afterMs, 'late');
  });
  return {
    passed,
    [Symbol.dispose]: () => {
      clearTimeout(timer);
    },
  };
}

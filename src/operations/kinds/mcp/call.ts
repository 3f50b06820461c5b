// One call of a tool of an upstream, as long as it takes. A question of the server ends the attempt, not the call: the call stays open
// in this process, and the attempt that brings the answer goes on with it. C1: a call that has asked is never sent a second time,
// unless it may be repeated; where its connection is gone, the task says so.
import * as z from 'zod';
import { isDeeperThan, MAX_DEPTH } from '../../../contract/depth.ts';
import { OperationError } from '../../../contract/errors.ts';
import {
  INPUT_MS,
  InputRequired,
  type InputRequest,
  type InputResponse,
} from '../../../contract/input.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { toWellFormed } from '../../../contract/text.ts';
import type { DeclaredContext } from '../../context.ts';
import type { ElicitAnswer } from './connection.ts';
import { toCallError } from './failure.ts';
import { refuseChanged } from './pin.ts';
import type { Pool } from './pool.ts';
import { toQuestion } from './question.ts';

export interface ToolCall {
  readonly upstream: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly idempotent: boolean;
  /** The tool as it was reviewed; `null` where nobody has pinned it. */
  readonly pinned: JsonObject | null;
}

/** A call that is open in this process. */
interface OpenCall {
  /** Of the attempt that waits for it, or was the last to. */
  context: DeclaredContext;
  readonly ending: AbortController;
  /** Questions that are not answered, and what takes their answers, by key. */
  readonly asked: Map<string, { request: InputRequest; answer: (response: InputResponse) => void }>;
  /** Called when a question comes. */
  onQuestion: () => void;
  result: Promise<JsonObject> | undefined;
  /** Ends a call for which no attempt comes back. */
  forgotten?: NodeJS.Timeout;
}

/** Open calls by the key of their task. */
export type OpenCalls = Map<string, OpenCall>;

/** Timers hold no more, in milliseconds; the attempt's own limit ends a call before. */
const NO_TIMEOUT_MS = 2_147_483_647;

const anyResult = z.looseObject({});

/** The result of the tool, exactly as the server gave it. */
export async function callTool(
  call: ToolCall,
  context: DeclaredContext,
  pool: Pool,
  calls: OpenCalls,
): Promise<JsonObject> {
  const { idempotencyKey: key, inputResponses, signal } = context;
  const known = calls.get(key);
  if (!known && Object.keys(inputResponses).length > 0 && !call.idempotent) throw toForgotten(call);
  const open = known ?? createOpenCall(context);
  clearTimeout(open.forgotten);
  open.context = context;
  calls.set(key, open);
  const abort = (): void => {
    open.ending.abort(signal.reason);
  };
  signal.addEventListener('abort', abort, { once: true });
  try {
    open.result ??= send(call, open, pool);
    for (const [name, { answer }] of open.asked) {
      const response = inputResponses[name];
      if (!response) continue;
      open.asked.delete(name);
      answer(response);
    }
    const ended = await Promise.race([open.result, untilQuestion(open)]);
    if (ended !== 'question') return ended;
  } finally {
    signal.removeEventListener('abort', abort);
    if (open.asked.size === 0 || signal.aborted) calls.delete(key);
  }
  open.forgotten = setTimeout(() => {
    open.ending.abort();
    calls.delete(key);
  }, INPUT_MS).unref();
  open.result.catch(() => undefined); // the next attempt gets it
  throw new InputRequired(
    Object.fromEntries([...open.asked].map(([name, { request }]) => [name, request])),
  );
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

/** Puts the questions of one call to its task, in their order. */
function createAsk(open: OpenCall): (params: unknown) => Promise<ElicitAnswer> {
  let count = 0;
  return async (params) => {
    const request = toQuestion(params);
    count += 1;
    const name = `question_${count}`;
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

async function send(
  { upstream, tool, args, pinned }: ToolCall,
  open: OpenCall,
  pool: Pool,
): Promise<JsonObject> {
  const { signal } = open.ending;
  using lease = await pool.lease(open.context.principal, signal);
  if (pinned) await refuseChanged(upstream, 'tools', pinned, lease.lists);
  const ask = createAsk(open);
  lease.onElicit = ask;
  const { client } = lease.connection;
  const request = async (more: JsonObject): Promise<JsonObject> =>
    client.request(
      { method: 'tools/call', params: { name: tool, arguments: args, ...more } },
      anyResult as z.ZodType<JsonObject>,
      {
        signal,
        timeout: NO_TIMEOUT_MS,
        allowInputRequired: true,
        onprogress: ({ progress, total, message }) => {
          const fraction = total !== undefined && total > 0 ? Math.min(1, progress / total) : null;
          open.context.progress(fraction, message);
        },
      },
    );
  try {
    let result = await request({});
    while (result['resultType'] === 'input_required') {
      result = await request(await answerAll(result, ask));
    }
    return checkResult(result, upstream, tool);
  } catch (thrown) {
    throw toCallError(thrown, upstream, tool);
  }
}

/** What a call that was answered with questions is sent again with. */
async function answerAll(
  { inputRequests, requestState }: JsonObject,
  ask: (params: unknown) => Promise<ElicitAnswer>,
): Promise<JsonObject> {
  const answers = await Promise.all(
    Object.entries(isJsonObject(inputRequests) ? inputRequests : {}).map(
      async ([name, request]) => {
        const { method, params } = isJsonObject(request) ? request : {};
        if (method !== 'elicitation/create')
          throw new TypeError(`${JSON.stringify(method)} is not offered`);
        return [name, await ask(params)] as const;
      },
    ),
  );
  return {
    inputResponses: Object.fromEntries(answers) as JsonObject,
    ...(requestState !== undefined && { requestState }),
  };
}

function checkResult(result: JsonObject, upstream: string, tool: string): JsonObject {
  const place = `upstream ${upstream}, tool ${tool}`;
  if (isDeeperThan(result, MAX_DEPTH)) {
    throw new OperationError('RESULT_TOO_LARGE', `${place}: the answer is nested too deeply`);
  }
  const { resultType, ...rest } = result;
  if (resultType === 'task' || !Array.isArray(result['content'])) {
    throw new OperationError(
      'OUTCOME_UNKNOWN',
      `${place}: the server answered with what is no result of a tool`,
    );
  }
  return toWellFormed(rest);
}

function toForgotten({ upstream, tool }: ToolCall): OperationError {
  return new OperationError(
    'OUTCOME_UNKNOWN',
    `upstream ${upstream}, tool ${tool}: the connection on which the tool asked was lost before the answer came; the tool was not run again, and may or may not have taken effect`,
  );
}

// One call of a tool of an upstream, as long as it takes. C1: a call that has asked is never sent a second time, unless it may be
// repeated; where its connection is gone, the task says so. C2: a task that the server has made of the call is known before a cancel
// ends the call.
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import type { CallAnswer } from '../../operation.ts';
import type { Connection, Elicit } from './connection.ts';
import { toCallError, toPlace } from './failure.ts';
import { refuseChanged } from './pin.ts';
import { awaitOpenCall, createAsk, type OpenCall, type OpenCalls } from './open-call.ts';
import type { Lease, Pool } from './pool.ts';
import { checkElicitation } from './question.ts';
import { anyResult, checkResult, NO_TIMEOUT_MS } from './result.ts';
import { sendInSession } from './session.ts';
import { readMadeTask, toTaskParameter, type TaskSupport } from './task-support.ts';

export interface ToolCall {
  readonly upstream: string;
  readonly tool: string;
  readonly args: JsonObject;
  readonly idempotent: boolean;
  /** The tool as it was reviewed; `null` where nobody has pinned it. */
  readonly pinned: JsonObject | null;
  /** What the tool says of tasks of 2025-11-25. */
  readonly taskSupport: TaskSupport;
}

/** How long a call may still answer with a task once it was cancelled, in milliseconds. */
const LAST_WORD_MS = 1_000;

/** The result of the tool, exactly as the server gave it, or the task that the server has made of the call. */
export async function callTool(
  call: ToolCall,
  context: DeclaredContext,
  pool: Pool,
  calls: OpenCalls,
): Promise<CallAnswer> {
  const { hasAsked, idempotencyKey } = context;
  if (hasAsked && !call.idempotent && !calls.requests.has(idempotencyKey)) throw toForgotten(call);
  return awaitOpenCall(context, calls, async (open) => send(call, open, pool));
}

async function send(call: ToolCall, open: OpenCall, pool: Pool): Promise<CallAnswer> {
  const { principal } = open.context;
  const sender = { principal, signal: open.ending.signal, place: toPlace(call) };
  try {
    return await sendInSession(pool, sender, async (lease) => request(call, open, lease));
  } catch (thrown) {
    throw toCallError(thrown, call);
  }
}

async function request(call: ToolCall, open: OpenCall, lease: Lease): Promise<CallAnswer> {
  const { upstream, tool, args, pinned } = call;
  if (pinned) await refuseChanged(upstream, 'tools', pinned, lease.lists);
  const ask = createAsk(open, (count) => `question_${count}`);
  lease.onElicit = ask;
  const { connection } = lease;
  const task = toTaskParameter(connection, call.taskSupport);
  const signal = toCallSignal(open.ending.signal, connection, task !== null);
  const exchange = async (more: JsonObject): Promise<JsonObject> =>
    connection.client.request(
      {
        method: 'tools/call',
        params: { name: tool, arguments: args, ...(task && { task }), ...more },
      },
      anyResult,
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
  let result = await exchange({});
  while (result['resultType'] === 'input_required') {
    result = await exchange(await answerAll(result, ask));
  }
  const made = readMadeTask(connection, result);
  if (!made) return { result: checkResult(result, call) };
  const { taskId, pollMs = 0 } = made;
  lease.keepFor(pollMs);
  // The result of an older task can be waited for at once.
  const followed = { handle: taskId, ...(!task && { firstLookMs: pollMs }) };
  return { followed, staysHere: connection.isLocal };
}

/** Ends the call with its attempt, but where it may be a task by then: its id is waited for, so that the task can be cancelled. */
function toCallSignal(
  ending: AbortSignal,
  { hasTasks }: Connection,
  isTaskCall: boolean,
): AbortSignal {
  if (!hasTasks && !isTaskCall) return ending;
  const later = new AbortController();
  const end = (): void => {
    setTimeout(() => {
      later.abort(ending.reason);
    }, LAST_WORD_MS).unref();
  };
  ending.addEventListener('abort', end, { once: true });
  return later.signal;
}

/** What a call that was answered with questions is sent again with. */
async function answerAll(
  { inputRequests, requestState }: JsonObject,
  ask: Elicit,
): Promise<JsonObject> {
  const answers = await Promise.all(
    Object.entries(isJsonObject(inputRequests) ? inputRequests : {}).map(
      async ([name, request]) => [name, await ask(checkElicitation(request))] as const,
    ),
  );
  return {
    inputResponses: Object.fromEntries(answers) as JsonObject,
    ...(requestState !== undefined && { requestState }),
  };
}

function toForgotten(call: ToolCall): OperationError {
  return new OperationError(
    'OUTCOME_UNKNOWN',
    `${toPlace(call)}: the call that asked is open no longer, since its connection or its worker has ended before the answer came; the tool was not run again, and may or may not have taken effect`,
  );
}

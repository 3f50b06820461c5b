// Questions of a task, put to the user of a legacy client on the connection that its call waits on. Only a client with a session
// can be asked, and only there its capabilities are known. Invariants: a question is put once, and withdrawn when it was
// answered elsewhere or when the call ends.
import { RELATED_TASK } from '../../contract/extras.ts';
import { toErrorCode } from '../../contract/errors.ts';
import type {
  InputRequest,
  InputRequests,
  InputResponse,
  InputResponses,
} from '../../contract/input.ts';
import type { TaskState } from '../../contract/task.ts';
import { LONGEST_TIMER_MS } from '../../contract/timer.ts';
import type { Call } from '../call.ts';
import { elicitResult } from './input-responses.ts';
import { sortAnswers } from './questions.ts';

/** Whether the client of a legacy call can be asked. */
function canAsk({ server }: Call): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- of a legacy connection nothing else knows them
  return server.getClientCapabilities()?.elicitation !== undefined;
}

async function ask(
  { context: { mcpReq } }: Call,
  { message, requestedSchema }: InputRequest,
  signal: AbortSignal,
  taskId?: string,
): Promise<InputResponse> {
  const _meta = taskId === undefined ? {} : { _meta: { [RELATED_TASK]: { taskId } } };
  const params = { mode: 'form' as const, message, requestedSchema, ..._meta };
  // A person may take long; the task has its own limit.
  const timing = { signal, timeout: LONGEST_TIMER_MS };
  return mcpReq.send({ method: 'elicitation/create', params }, elicitResult, timing);
}

/** The answers to all of these questions; `null` where the client cannot be asked, or an answer does not fit. */
export async function askInTurn(
  call: Call,
  requests: InputRequests,
): Promise<InputResponses | null> {
  if (!canAsk(call)) return null;
  const responses: Record<string, InputResponse> = {};
  // One after the other: a person answers one form at a time.
  for (const [key, request] of Object.entries(requests)) {
    responses[key] = await ask(call, request, call.context.mcpReq.signal);
  }
  const { fitting, left } = sortAnswers(requests, responses);
  return Object.keys(left).length === 0 ? fitting : null;
}

/** The questions that a call puts while it waits for its task. */
export interface Elicitation {
  /** Puts what the task asks now, and withdraws what it no longer asks. */
  update(state: TaskState): void;
  withdraw(): void;
}

/** @param provide takes each answer as it comes, and refuses one that does not fit */
export function createElicitation(
  call: Call,
  taskId: string,
  provide: (responses: InputResponses) => Promise<void>,
): Elicitation {
  const put = new Map<string, AbortController>();

  const putQuestion = async (key: string, request: InputRequest): Promise<void> => {
    const asked = new AbortController();
    put.set(key, asked);
    try {
      await provide({ [key]: await ask(call, request, asked.signal, taskId) });
    } catch (thrown) {
      // An answer that does not fit is asked for again. A client that cannot ask is left alone: the question stands in
      // the task, and another face can answer it.
      if (toErrorCode(thrown) !== null) put.delete(key);
    }
  };

  return {
    update: (state) => {
      const requests = state.status === 'input_required' ? state.requests : {};
      for (const [key, asked] of put) {
        if (!Object.hasOwn(requests, key)) asked.abort();
      }
      if (!canAsk(call)) return;
      for (const [key, request] of Object.entries(requests)) {
        if (!put.has(key)) void putQuestion(key, request);
      }
    },
    withdraw: () => {
      for (const asked of put.values()) asked.abort();
    },
  };
}

// Questions of a task, put to the user of a legacy client on the connection that its call waits on. Only a client with a session
// can be asked, and only there its capabilities are known. Invariants: a question is put once, and withdrawn when it was
// answered elsewhere or when the call ends.
import { RELATED_TASK } from '../../contract/extras.ts';
import { toErrorCode, toTaskError } from '../../contract/errors.ts';
import type {
  InputRequest,
  InputRequests,
  InputResponse,
  InputResponses,
} from '../../contract/input.ts';
import type { Task, TaskState } from '../../contract/task.ts';
import { LONGEST_TIMER_MS } from '../../contract/timer.ts';
import type { Call } from '../call.ts';
import { elicitResult } from './input-responses.ts';
import { askAgain, sortAnswers } from './questions.ts';

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

function toRequests(state: TaskState): InputRequests {
  return state.status === 'input_required' ? state.requests : {};
}

/** The questions that a call puts while it waits for its task. */
export interface Elicitation {
  /** Puts what the task asks now, and withdraws what it no longer asks. */
  update(state: TaskState): void;
  withdraw(): void;
}

/** @param provide takes each answer as it comes, and refuses one that does not fit; resolves to the task as it shows the answer */
export function createElicitation(
  call: Call,
  taskId: string,
  provide: (responses: InputResponses) => Promise<Task>,
): Elicitation {
  const put = new Map<string, AbortController>();
  const misfits = new Map<string, string>();

  const putQuestion = async (key: string, request: InputRequest): Promise<void> => {
    const asked = new AbortController();
    put.set(key, asked);
    const why = misfits.get(key);
    const question = why === undefined ? request : askAgain(request, why);
    try {
      const answer = await ask(call, question, asked.signal, taskId);
      // A person who declines what takes no decline is not asked again: the question stands in the task.
      if (answer.action !== 'accept' && request.takesDecline === false) return;
      const { state } = await provide({ [key]: answer });
      if (!Object.hasOwn(toRequests(state), key)) put.delete(key); // asked once more later, it is another question
    } catch (thrown) {
      // An answer that does not fit is asked for again. A client that cannot ask is left alone: another face can answer.
      const code = toErrorCode(thrown);
      if (code === null) return;
      put.delete(key);
      if (code === 'INVALID_PARAMETERS') misfits.set(key, toTaskError(thrown).message);
    }
  };

  return {
    update: (state) => {
      const requests = toRequests(state);
      for (const [key, asked] of put) {
        if (Object.hasOwn(requests, key)) continue;
        asked.abort();
        put.delete(key);
        misfits.delete(key);
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

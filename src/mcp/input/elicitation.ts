// Questions of a task, put to a legacy client that is still connected and declared elicitation. Invariants: a question is
// put once, and withdrawn when it was answered elsewhere or when the call ends.
import {
  RELATED_TASK_META_KEY,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { isErrorCode } from '../../contract/errors.ts';
import type { InputRequest, InputResponses } from '../../contract/input.ts';
import type { TaskState } from '../../contract/task.ts';
import { LONGEST_TIMER_MS } from '../../contract/timer.ts';
import { elicitResult } from './input-responses.ts';

/** The questions that one call puts. */
export interface Elicitation {
  /** Puts what the task asks now, and withdraws what it no longer asks. */
  ask(taskId: string, state: TaskState): void;
  /** Withdraws every question. */
  withdraw(): void;
}

/** A person may take long; the task has its own limit. In milliseconds. */
export const PATIENCE_MS = LONGEST_TIMER_MS;

/** Creates the questions of a call; does nothing where the client cannot be asked. */
export function createElicitation(
  server: Server,
  { mcpReq }: ServerContext,
  provide: (responses: InputResponses) => Promise<void>,
): Elicitation {
  const put = new Map<string, AbortController>();

  const putQuestion = async (taskId: string, key: string, request: InputRequest): Promise<void> => {
    const asked = new AbortController();
    put.set(key, asked);
    try {
      const { message, requestedSchema } = request;
      const _meta = { [RELATED_TASK_META_KEY]: { taskId } };
      const response = await mcpReq.send(
        {
          method: 'elicitation/create',
          params: { mode: 'form', message, requestedSchema, _meta },
        },
        elicitResult,
        { signal: asked.signal, timeout: PATIENCE_MS },
      );
      await provide({ [key]: response });
    } catch (thrown) {
      // An answer that does not fit is asked for again. A client that cannot ask is left alone: the question stands in
      // the task, and another face can answer it.
      if (thrown instanceof Error && 'code' in thrown && isErrorCode(thrown.code)) put.delete(key);
    }
  };

  return {
    ask: (taskId, state) => {
      const requests = state.status === 'input_required' ? state.requests : {};
      for (const [key, asked] of put) {
        if (!Object.hasOwn(requests, key)) asked.abort();
      }
      // eslint-disable-next-line @typescript-eslint/no-deprecated -- of a legacy connection nothing else knows them
      if (server.getClientCapabilities()?.elicitation === undefined) return;
      for (const [key, request] of Object.entries(requests)) {
        if (!put.has(key)) void putQuestion(taskId, key, request);
      }
    },
    withdraw: () => {
      for (const asked of put.values()) asked.abort();
    },
  };
}

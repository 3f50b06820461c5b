// Questions of a task, put to the user of a legacy client on the connection that its call waits on. Only a client with a
// session can be asked, and only there its capabilities are known.
import type { Server, ServerContext } from '@modelcontextprotocol/server';
import type { InputResponse } from '../../contract/input.ts';
import { PATIENCE_MS } from './elicitation.ts';
import { elicitResult } from './input-responses.ts';
import type { AskPerson } from '../typed/inline.ts';
import { sortAnswers } from './questions.ts';

/** How the client of this call asks; `null` when it did not declare that it can. */
export function createAsking(server: Server, { mcpReq }: ServerContext): AskPerson {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- of a legacy connection nothing else knows them
  if (server.getClientCapabilities()?.elicitation === undefined) return null;
  return async (requests) => {
    const responses: Record<string, InputResponse> = {};
    // One after the other: a person answers one form at a time.
    for (const [key, { message, requestedSchema }] of Object.entries(requests)) {
      responses[key] = await mcpReq.send(
        { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } },
        elicitResult,
        { signal: mcpReq.signal, timeout: PATIENCE_MS },
      );
    }
    const { fitting, left } = sortAnswers(requests, responses);
    return Object.keys(left).length === 0 ? fitting : null;
  };
}

// A question of an upstream as a question of the task: a form as it is, an address as a form without fields.
import { ProtocolError } from '@modelcontextprotocol/client';
import type { InputRequest, InputRequests } from '../../../contract/input.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { checkQuestions } from '../../input/questions.ts';

const EMPTY_FORM: JsonObject = { type: 'object', properties: {} };

/** Thrown for a question that no client can show, and for a request that is none. */
export class Unaskable extends Error {}

/**
 * The parameters of a question among the requests of a result.
 *
 * @throws {Unaskable} for a request of another kind
 */
export function checkElicitation(request: unknown): unknown {
  const { method, params } = isJsonObject(request) ? request : {};
  if (method === 'elicitation/create') return params;
  throw new Unaskable(toNotOffered(typeof method === 'string' ? method : 'such a request').message);
}

/** The answer to a request that is no question: a task has no model and no folder of the caller to lend. */
export function toNotOffered(method: string): ProtocolError {
  const what =
    method === 'sampling/createMessage' ? 'sampling' : method === 'roots/list' ? 'roots' : method;
  return new ProtocolError(
    -32_601,
    `Longhaul does not offer ${what}: a task outlives the client whose model or folders it would use`,
  );
}

/**
 * @throws {Unaskable} when no client could show it
 */
export function toQuestion(params: unknown): InputRequest {
  if (!isJsonObject(params) || typeof params['message'] !== 'string') {
    throw new Unaskable('expected the parameters of elicitation/create');
  }
  const { mode, message, url, requestedSchema } = params;
  const question =
    mode === 'url'
      ? {
          message: `${message} Open ${typeof url === 'string' ? url : ''}, and answer when that is done.`,
          requestedSchema: EMPTY_FORM,
        }
      : { message, requestedSchema };
  const [checked] = Object.values(check({ question }));
  if (!checked) throw new Unaskable('there is no question');
  return checked;
}

function check(asked: unknown): InputRequests {
  try {
    return checkQuestions(asked);
  } catch (error) {
    throw new Unaskable((error as Error).message, { cause: error });
  }
}

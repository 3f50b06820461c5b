// A question of an upstream as a question of the task: a form as it is, an address as a form without fields.
import { ProtocolError } from '@modelcontextprotocol/client';
import type { InputRequest } from '../../../contract/input.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { checkQuestions } from '../../input/questions.ts';

const EMPTY_FORM: JsonObject = { type: 'object', properties: {} };

/**
 * The parameters of a question among the requests of a result.
 *
 * @throws {TypeError} for a request of another kind
 */
export function checkElicitation(request: unknown): unknown {
  const { method, params } = isJsonObject(request) ? request : {};
  if (method === 'elicitation/create') return params;
  throw new TypeError(toNotOffered(typeof method === 'string' ? method : 'such a request').message);
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
 * @throws {TypeError} when no client could show it
 */
export function toQuestion(params: unknown): InputRequest {
  if (!isJsonObject(params) || typeof params['message'] !== 'string') {
    throw new TypeError('expected the parameters of elicitation/create');
  }
  const { mode, message, url, requestedSchema } = params;
  const question =
    mode === 'url'
      ? {
          message: `${message} Open ${typeof url === 'string' ? url : ''}, and answer when that is done.`,
          requestedSchema: EMPTY_FORM,
        }
      : { message, requestedSchema };
  const [checked] = Object.values(checkQuestions({ question }));
  if (!checked) throw new TypeError('there is no question');
  return checked;
}

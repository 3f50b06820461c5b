// A question of an upstream as a question of the task: a form as it is, an address as a form without fields.
import type { InputRequest } from '../../../contract/input.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { checkQuestions } from '../../input/questions.ts';

const EMPTY_FORM: JsonObject = { type: 'object', properties: {} };

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

// Asking from within an attempt: what is answered is returned, what is not ends the attempt.
import {
  InputRequired,
  type InputRequests,
  type InputResponse,
  type InputResponses,
} from '../../contract/input.ts';

/**
 * @param responses what is answered so far, by the key of the question
 * @throws {InputRequired} with the questions that have no answer yet
 */
export function ask<Key extends string>(
  requests: InputRequests<Key>,
  responses: InputResponses,
): Readonly<Record<Key, InputResponse>> {
  const missing = Object.entries<InputRequests[string]>(requests).filter(
    ([key]) => !Object.hasOwn(responses, key),
  );
  if (missing.length > 0) throw new InputRequired(Object.fromEntries(missing));
  return responses;
}

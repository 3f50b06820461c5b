// What an operation asks before its first attempt, and what of that is answered already.
import { OperationError } from '../../contract/errors.ts';
import type { Asked, InputRequests, InputResponses } from '../../contract/input.ts';
import { checkAnswers } from './answers.ts';
import { checkQuestions } from './questions.ts';

/**
 * The questions that are left, and the answers; `null` when nothing is asked at all.
 *
 * @throws {OperationError} INTERNAL, when the questions cannot be put
 * @throws {OperationError} INVALID_PARAMETERS, when an answer does not fit
 */
export function toAsked(
  asked: InputRequests | null,
  given: InputResponses | undefined,
): Asked | null {
  if (asked === null || Object.keys(asked).length === 0) return null;
  const questions = check(asked);
  const responses = checkAnswers(questions, given ?? {});
  const left = Object.entries(questions).filter(([key]) => !Object.hasOwn(responses, key));
  return {
    requests: Object.fromEntries(left),
    keys: Object.fromEntries(Object.keys(questions).map((key) => [key, key])),
    responses,
  };
}

function check(asked: InputRequests): InputRequests {
  try {
    return checkQuestions(asked);
  } catch (error) {
    throw new OperationError(
      'INTERNAL',
      `the operation asks for input in a form that no client can show: ${(error as Error).message}`,
    );
  }
}

// Questions of a typed call that a modern client puts to its user before it sends the call again (multi round trip requests).
// Invariant: only a client that declared form elicitation with this very request is asked.
import {
  inputRequired,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { InputRequest, InputRequests, InputResponses } from '../../contract/input.ts';
import { isJsonObject } from '../../contract/json.ts';
import { toTaskError } from '../../contract/errors.ts';
import { checkAnswers } from '../../operations/input/answers.ts';
import { toFormRequests } from './form-requests.ts';
import { readCapabilities } from '../capabilities.ts';
import { parseAnswers } from './input-responses.ts';

/** Whether the client puts forms to its user for this request. Without a mode, forms are meant. */
export function isElicitationDeclared(context: ServerContext): boolean {
  const { elicitation } = readCapabilities(context);
  return isJsonObject(elicitation) && ('form' in elicitation || !('url' in elicitation));
}

/**
 * The answers to these questions that came with a retried call; none with a first one. What answers none of them is ignored.
 *
 * @throws {ProtocolError} -32602, when one is no answer
 */
export async function readResponses(
  asked: InputRequests,
  params: object,
  context: ServerContext,
): Promise<InputResponses> {
  const { inputResponses, droppedInputResponseKeys } = context.mcpReq;
  if (inputResponses === undefined && !droppedInputResponseKeys?.length) return {};
  return parseAnswers(params, context, () => Promise.resolve(asked));
}

/** Answers, compared with their questions one by one. */
export interface Sorted {
  /** What is answered, with defaults filled in. */
  readonly fitting: InputResponses;
  /** What is left to ask; a question whose answer did not fit says why. */
  readonly left: InputRequests;
}

/** Sorts answers; those to questions that were not asked are left out. */
export function sortAnswers(requests: InputRequests, responses: InputResponses): Sorted {
  const fitting: Record<string, InputResponses[string]> = {};
  const left: Record<string, InputRequests[string]> = {};
  for (const [key, request] of Object.entries(requests)) {
    const response = Object.hasOwn(responses, key) ? responses[key] : undefined;
    try {
      const checked = checkAnswers({ [key]: request }, response ? { [key]: response } : {})[key];
      if (checked) fitting[key] = checked;
      else left[key] = request;
    } catch (misfit) {
      left[key] = askAgain(request, toTaskError(misfit).message);
    }
  }
  return { fitting, left };
}

/** The same question, with what was wrong with the last answer. */
export function askAgain(request: InputRequest, why: string): InputRequest {
  return { ...request, message: `${request.message} (The last answer did not fit: ${why})` };
}

export function toInputRequired(
  requests: InputRequests,
  requestState: string,
): InputRequiredResult {
  return inputRequired({
    inputRequests: toFormRequests(requests) as NonNullable<InputRequiredResult['inputRequests']>,
    requestState,
  });
}

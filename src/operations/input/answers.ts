// Answers to questions, held against the schema of each question. Invariant: all of them are taken or none.
import type * as z from 'zod';
import type {
  InputRequest,
  InputRequests,
  InputResponse,
  InputResponses,
} from '../../contract/input.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { cut, findIllFormed, ILL_FORMED } from '../../contract/text.ts';
import { readInputSchema } from '../schema/read.ts';
import { toExactNumberIssues } from '../schema/exact-numbers.ts';
import { createIssuesError, toIssues, type Issue } from '../schema/issues.ts';

/**
 * The answers that belong to a question, with defaults filled in; others are left out.
 *
 * @throws {OperationError} INVALID_PARAMETERS, with every offending path in the details, such as `/approval/content/amount`
 */
export function checkAnswers(requests: InputRequests, responses: InputResponses): InputResponses {
  const issues: Issue[] = [];
  const checked = Object.entries(responses).flatMap(([key, response]) => {
    const request = Object.hasOwn(requests, key) ? requests[key] : undefined;
    const answer = request ? checkAnswer(key, request, response, issues) : null;
    return answer ? [[key, answer] as const] : [];
  });
  if (issues.length === 0) return Object.fromEntries(checked);
  throw createIssuesError('responses', issues, {
    requested_schemas: Object.fromEntries(
      Object.entries(requests).map(([key, { requestedSchema }]) => [key, requestedSchema]),
    ),
  });
}

/** The schema of an answer; fields that were not asked for are refused. */
export function readAnswerSchema(requested: JsonObject): z.ZodType<Json> {
  return readInputSchema(withoutNames(requested)).schema;
}

function checkAnswer(
  key: string,
  { requestedSchema, takesDecline }: InputRequest,
  response: InputResponse,
  issues: Issue[],
): InputResponse | null {
  const refuse = (path: string, message: string): null => {
    issues.push({ path: `/${key}${path}`, message });
    return null;
  };
  const broken = findIllFormed(response);
  if (broken) return refuse(broken.map((step) => `/${cut(step, 80)}`).join(''), ILL_FORMED);
  const { action, content }: { action: string; content?: unknown } = response;
  switch (action) {
    case 'decline':
    case 'cancel':
      return takesDecline === false
        ? refuse(
            '/action',
            'expected accept; say in the content what is declined, or cancel the task',
          )
        : { action };
    case 'accept': {
      if (!isJsonObject(content)) return refuse('/content', 'expected an object');
      const tooLong = toExactNumberIssues(content);
      for (const { path, message } of tooLong) refuse(`/content${path}`, message);
      if (tooLong.length > 0) return null;
      const parsed = readAnswerSchema(requestedSchema).safeParse(content);
      if (parsed.success) return { action, content: parsed.data as JsonObject };
      for (const { path, message } of parsed.error.issues.flatMap(toIssues)) {
        refuse(`/content${path}`, message);
      }
      return null;
    }
    default:
      return refuse('/action', 'expected accept, decline or cancel');
  }
}

/** `enumNames` are titles for a form; nothing is checked by them. */
function withoutNames({ properties, ...rest }: JsonObject): JsonObject {
  if (!isJsonObject(properties)) return rest;
  return {
    ...rest,
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, property]) => [
        name,
        Object.fromEntries(Object.entries(property ?? {}).filter(([key]) => key !== 'enumNames')),
      ]),
    ),
  };
}

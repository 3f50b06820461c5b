// Answers and refusals as tool results, in the form that real clients digest. An answer is text and structured content,
// the same JSON. A refusal is text alone: structured content that does not fit the output schema makes clients throw
// the error away, and some show a model the text without saying that it is an error.
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { TaskError } from '../../contract/errors.ts';
import type { JsonObject } from '../../contract/json.ts';
import { toWellFormedJson } from '../../contract/text.ts';
import { toErrorAnswer } from '../../tasks/error-answer.ts';
import { toLinks } from './links.ts';

/** An ordinary answer; a failed task is one, too. Files that it names are linked. */
export function toAnswerResult(given: JsonObject): CallToolResult {
  const { text, value: answer } = toWellFormedJson(given);
  return {
    content: [{ type: 'text', text }, ...toLinks(answer)],
    structuredContent: answer,
  };
}

export function toRefusalResult(error: TaskError, nextStep: string): CallToolResult {
  const { text } = toWellFormedJson({ error: toErrorAnswer(error), next_step: nextStep });
  return { content: [{ type: 'text', text }], isError: true };
}

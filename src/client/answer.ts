// What came back from a tool, as an answer or a refusal. Invariant: text and structured content say the same, and either
// alone will do: some connections hand on only one of them.
import { toComparable } from '../contract/json/compare.ts';
import { parseJsonOrNot } from '../contract/json/exact-number.ts';
import { findExactNumbers } from '../contract/json/find-exact-numbers.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';
import { toTaskFailure, type TaskFailure } from './view.ts';

export type ToolAnswer =
  | { readonly ok: true; readonly answer: JsonObject }
  | { readonly ok: false; readonly refusal: TaskFailure };

/** Reads a tool result, an answer as an object, or an answer as text. */
export function toToolAnswer(result: unknown): ToolAnswer {
  const isResult = isJsonObject(result) && ('content' in result || 'structuredContent' in result);
  const text = isResult ? toText(result['content']) : typeof result === 'string' ? result : '';
  const json = isResult
    ? withDigits(result['structuredContent'], text)
    : ((parseJsonOrNot(text) as Json | undefined) ?? result);
  if (isResult && result['isError'] === true) {
    const error = isJsonObject(json) ? json['error'] : text;
    const refusal = toTaskFailure(error);
    return {
      ok: false,
      refusal: refusal.code === 'FAILED' ? { ...refusal, code: 'REFUSED' } : refusal,
    };
  }
  if (isJsonObject(json)) return { ok: true, answer: json };
  const message = `expected an answer in JSON, got ${cut(text || String(result), 200)}`;
  return { ok: false, refusal: { code: 'INVALID_ANSWER', message, retryable: false } };
}

/**
 * The structured content of a result, with the digits of its text: the clients of MCP round numbers that no double holds, and
 * leave texts as they are. Where the text is another one, or holds no such number, it does not count.
 */
export function withDigits(structured: Json | undefined, text: string): Json | undefined {
  const written = parseJsonOrNot(text) as Json | undefined;
  if (structured === undefined || written === undefined) return structured ?? written;
  if (findExactNumbers(written).length === 0) return structured;
  const rounded = JSON.parse(text) as Json;
  return toComparable(rounded) === toComparable(structured) ? written : structured;
}

/** The text parts of a tool result. */
export function toText(content: unknown): string {
  if (!Array.isArray(content)) return '';
  return content
    .map((part: unknown) =>
      isJsonObject(part) && typeof part['text'] === 'string' ? part['text'] : '',
    )
    .join('');
}

// A tool result as the outcome of its task: what the pair would have shown.
import { parseJsonOrNot } from '../../contract/json/exact-number.ts';
import { EXTRAS } from '../../contract/extras.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { toText, withDigits } from '../answer.ts';
import { toTaskFailure, type TaskFailure, type TaskOutcome } from '../view.ts';

/** Reads a tool result. Without structured content its text counts, and without text its content as it is. */
export function toOutcome(result: JsonObject): TaskOutcome {
  if (result['isError'] === true) return { status: 'failed', error: toFailure(result) };
  return { status: 'completed', result: toValue(result) };
}

export function toFailure({ content }: JsonObject): TaskFailure {
  const text = toText(content);
  const parsed = parseJsonOrNot(text);
  return toTaskFailure(isJsonObject(parsed) ? parsed['error'] : text);
}

/** How a task that was cancelled on request ends. */
export function toCancelled(task: JsonObject): TaskOutcome {
  const { statusMessage } = task;
  const message =
    typeof statusMessage === 'string' ? statusMessage : 'The task was cancelled on request.';
  return { status: 'failed', error: { code: 'CANCELLED', message, retryable: false } };
}

function toValue({ structuredContent, content, _meta: meta }: JsonObject): Json {
  const text = toText(content);
  if (structuredContent === undefined) return text || (content ?? null);
  const value = withDigits(structuredContent, text) ?? null;
  const isWrapped = isJsonObject(meta) && meta[EXTRAS.wrapped] === true;
  return isWrapped && isJsonObject(value) ? (value['result'] ?? null) : value;
}

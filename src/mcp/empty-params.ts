// What clients send in place of nothing around a call: `params` and `_meta` that are null or no object, a progress token that
// can be none. The SDK takes such a message for no message at all: over HTTP the model never sees why, and over stdio
// no answer comes. Invariant: only what carries no meaning is left out; a modern request without its `_meta` is still
// refused for that.
import { isJsonObject, type JsonObject } from '../contract/json.ts';

/** The message, or each message of a batch, without them; the same one where there is nothing to leave out. */
export function withoutEmptyParams(message: unknown): unknown {
  if (Array.isArray(message)) {
    const kept = message.map(withoutEmptyParams);
    return kept.every((one, index) => one === message[index]) ? message : kept;
  }
  if (!isJsonObject(message) || typeof message['method'] !== 'string') return message;
  const { params } = message;
  if (params === null) return without(message, 'params');
  if (!isJsonObject(params) || !('_meta' in params)) return message;
  const { _meta: meta } = params;
  if (!isJsonObject(meta)) return { ...message, params: without(params, '_meta') };
  if (!('progressToken' in meta) || isProgressToken(meta)) return message;
  return { ...message, params: { ...params, _meta: without(meta, 'progressToken') } };
}

function without(fields: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

function isProgressToken({ progressToken }: JsonObject): boolean {
  return typeof progressToken === 'string' || Number.isInteger(progressToken);
}

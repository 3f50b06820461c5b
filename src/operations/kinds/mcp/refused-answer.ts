// An answer that cannot be read ends the call that it belongs to, and no other one. All SDKs write the number of the call at one of
// the two ends of an answer.
import type { JSONRPCMessage } from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';

/** The code of our own answer in place of one that cannot be read. */
export const UNREADABLE = -32_019;

/** An error in place of an answer; `null` where a line does not say which call it answers. */
export function toRefusedAnswer(line: Buffer, why: string): JSONRPCMessage | null {
  const { head, tail } = toEnds(line);
  const id = toId(head, tail);
  if (id === null) return null;
  return { jsonrpc: '2.0', id, error: { code: UNREADABLE, message: `the answer ${why}` } };
}

/** Whether a message answers a call with what JSON-RPC does not know. The SDK would pass it over, and the call would never end. */
export function isSpoilt({ method, result, error }: JsonObject): boolean {
  if (method !== undefined || isJsonObject(result)) return false;
  if (!isJsonObject(error)) return true;
  return !Number.isInteger(error['code']) || typeof error['message'] !== 'string';
}

/** An answer without content in place of one that is spoilt; `null` where a line is no answer to a call. */
export function toSpoiltAnswer(line: Buffer): JSONRPCMessage | null {
  const { head, tail } = toEnds(line);
  const isAnswer =
    /^\s*\{[^{[]*"(?:result|error)"\s*:/.test(head) &&
    /"jsonrpc"\s*:\s*"2\.0"/.test(head.slice(0, 64) + tail.slice(-64));
  const id = isAnswer ? toId(head, tail) : null;
  return id === null ? null : { jsonrpc: '2.0', id, result: {} };
}

function toEnds(line: Buffer): { readonly head: string; readonly tail: string } {
  return { head: line.subarray(0, 512).toString(), tail: line.subarray(-512).toString() };
}

function toId(head: string, tail: string): number | null {
  const [, id] =
    /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(head) ??
    /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail) ??
    [];
  return id === undefined ? null : Number(id);
}

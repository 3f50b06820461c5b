// An answer that cannot be read ends the call that it belongs to, and no other one. All SDKs write the number of the call at one of
// the two ends of an answer.
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

/** The code of our own answer in place of one that cannot be read. */
export const UNREADABLE = -32_019;

/** An error in place of an answer; `null` where a line does not say which call it answers. */
export function toRefusedAnswer(line: Buffer, why: string): JSONRPCMessage | null {
  const head = line.subarray(0, 512).toString();
  const tail = line.subarray(-512).toString();
  const id =
    /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(head)?.[1] ??
    /"id"\s*:\s*(\d+)\s*(?:,\s*"jsonrpc"\s*:\s*"2\.0"\s*)?\}\s*$/.exec(tail)?.[1];
  if (id === undefined) return null;
  return {
    jsonrpc: '2.0',
    id: Number(id),
    error: { code: UNREADABLE, message: `the answer ${why}` },
  };
}

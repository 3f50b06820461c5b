// Refusals in the form in which MCP clients look for one: an error of JSON-RPC that belongs to no message.
import type { ServerResponse } from 'node:http';
import type { GateRefusal } from '../../auth/index.ts';
import type { Refusal } from '../../http/guards.ts';
import { sendJson } from '../../http/server.ts';

/** A refusal, with the code of JSON-RPC. Default: -32000, a server's own. */
export interface McpRefusal extends Refusal {
  readonly code?: number;
}

export function sendRefusal(response: ServerResponse, refusal: McpRefusal): void {
  const { status, message, headers, code = -32_000 } = refusal;
  sendJson(response, status, { jsonrpc: '2.0', id: null, error: { code, message } }, headers);
}

/** A refusal of the gate, as that of an invalid request. */
export function toMcpRefusal(refusal: GateRefusal): McpRefusal {
  return { ...refusal, code: -32_600 };
}

// Answers in JSON.
import type { ServerResponse } from 'node:http';

/** Sends a whole answer, in one write: the length is known, so nothing is chunked. */
export function sendJson(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

/** Sends an error that belongs to no message, in the form in which MCP clients look for one. */
export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code = -32_000,
): void {
  sendJson(response, status, { jsonrpc: '2.0', id: null, error: { code, message } });
}

// The Mcp-Name header of tasks requests. FastMCP's client leaves it out, and the SDK refuses the request for that; a
// header that is there but differs from the body is still the SDK's to refuse, and so is a missing one on tools/call,
// as the specification and its conformance suite demand.
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '../../contract/json.ts';

/** Fills a missing header from the body. */
export function fillNameHeader(headers: IncomingHttpHeaders, message: unknown): void {
  if (headers['mcp-name'] !== undefined || !isJsonObject(message)) return;
  const { method, params } = message;
  if (typeof method !== 'string' || !method.startsWith('tasks/') || !isJsonObject(params)) return;
  const { taskId } = params;
  if (typeof taskId === 'string' && /^[\x21-\x7e]+$/.test(taskId)) headers['mcp-name'] = taskId;
}

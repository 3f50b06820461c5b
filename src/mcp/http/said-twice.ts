// What a request says in its headers and in its message: where one of the two leaves it out, it is filled from the other.
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '../../contract/json.ts';

/**
 * Fills the Mcp-Name header of tasks requests. FastMCP's client leaves it out, and the SDK refuses the request for that. A header
 * that differs from the body is still the SDK's to refuse, and so is a missing one on tools/call, as the specification demands.
 */
export function fillNameHeader(headers: IncomingHttpHeaders, message: unknown): void {
  if (headers['mcp-name'] !== undefined || !isJsonObject(message)) return;
  const { method, params } = message;
  if (typeof method !== 'string' || !method.startsWith('tasks/') || !isJsonObject(params)) return;
  const { taskId } = params;
  if (typeof taskId === 'string' && /^[\x21-\x7e]+$/.test(taskId)) headers['mcp-name'] = taskId;
}

/** Fills the trace of the message, where it says nothing, with what an intermediary or a tracing HTTP client put into headers. */
export function fillTraceContext(headers: IncomingHttpHeaders, message: unknown): void {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !isJsonObject(message)) return;
  const { params } = message;
  if (!isJsonObject(params)) return;
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  if (meta['traceparent'] !== undefined) return;
  Object.assign(params, { _meta: { ...meta, traceparent, ...(tracestate && { tracestate }) } });
}

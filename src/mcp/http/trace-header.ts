// The trace of a request: MCP carries it in `_meta`, HTTP in headers. What an intermediary or an HTTP client of a tracing
// library put into the headers counts where the message itself says nothing.
import type { IncomingHttpHeaders } from 'node:http';
import { isJsonObject } from '../../contract/json.ts';

/** Fills a missing trace context of the message from the headers. */
export function fillTraceContext(headers: IncomingHttpHeaders, message: unknown): void {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !isJsonObject(message)) return;
  const { params } = message;
  if (!isJsonObject(params)) return;
  const meta = isJsonObject(params['_meta']) ? params['_meta'] : {};
  if (meta['traceparent'] !== undefined) return;
  Object.assign(params, { _meta: { ...meta, traceparent, ...(tracestate && { tracestate }) } });
}

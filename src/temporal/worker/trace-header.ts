// The trace that a task was started in, as its workflow and its attempts are given it.
import { defaultPayloadConverter, type Headers, type Payload } from '@temporalio/common';
import { isJsonObject } from '../../contract/json.ts';
import { parseTraceContext, TRACE_HEADER, type TraceContext } from '../../contract/trace.ts';

/** The headers that carry a trace; none where there is none. */
export function toTraceHeaders(trace: TraceContext | null): Headers {
  return trace ? { [TRACE_HEADER]: defaultPayloadConverter.toPayload({ ...trace }) } : {};
}

export function toTrace(headers: Headers): TraceContext | null {
  const header = headers[TRACE_HEADER];
  return header ? readTrace(header) : null;
}

export function readTrace(header: Payload): TraceContext | null {
  try {
    const value: unknown = defaultPayloadConverter.fromPayload(header);
    if (!isJsonObject(value)) return null;
    return parseTraceContext(value['traceparent'], value['tracestate']);
  } catch {
    return null; // another program's header
  }
}

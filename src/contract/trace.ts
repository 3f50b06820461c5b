// W3C trace context: what joins the spans of one request into one trace, across processes.

/** The context of a span, as it travels (https://www.w3.org/TR/trace-context). */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** The header in which Temporal's own tracing interceptors, in every language, pass the context. */
export const TRACE_HEADER = '_tracer-data';

/** Other programs send it, so it is checked: version, trace id, span id, flags. */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** Longest `tracestate` that is passed on, in characters; the standard asks for at least this much. */
const TRACESTATE_CHARACTERS = 512;

/** The context that a caller sent; `null` when there is none, or none that is valid. */
export function parseTraceContext(traceparent: unknown, tracestate: unknown): TraceContext | null {
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return null;
  return typeof tracestate === 'string' && tracestate.length <= TRACESTATE_CHARACTERS
    ? { traceparent, tracestate }
    : { traceparent };
}

/** What finds it in a log or in a store of traces. */
export function toTraceId(trace: TraceContext | null): string | null {
  return trace?.traceparent.split('-')[1] ?? null;
}

// The HTTP requests of attempts, traced: each gets a span, and a `traceparent` header that joins the upstream's own spans
// to the trace. Node publishes every request of undici and of fetch, so operations need not know. Invariant: a request
// outside of a span is left as it is, and neither query nor body nor header gets into a span.
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { toTraceContext } from './spans.ts';

interface Request {
  readonly origin: string | URL;
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[] | string;
  addHeader(name: string, value: string): void;
}

/** Traces requests until it is disposed of. */
export function traceOutgoing(tracer: Tracer): Disposable {
  const spans = new WeakMap<Request, Span>();
  const end = (request: Request, status: number | null) => {
    const span = spans.get(request);
    spans.delete(request);
    if (!span) return;
    if (status === null || status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
    if (status !== null) span.setAttribute('http.response.status_code', status);
    span.end();
  };
  const listeners = {
    'undici:request:create': ({ request }: { request: Request }) => {
      if (!trace.getActiveSpan() || hasContext(request)) return;
      const { host, pathname } = new URL(request.path, request.origin);
      const span = tracer.startSpan(
        `${request.method} ${host}`,
        {
          kind: SpanKind.CLIENT,
          attributes: {
            'http.request.method': request.method,
            'server.address': host,
            'url.path': pathname,
          },
        },
        context.active(),
      );
      const { traceparent, tracestate } = toTraceContext(span);
      request.addHeader('traceparent', traceparent);
      if (tracestate) request.addHeader('tracestate', tracestate);
      spans.set(request, span);
    },
    'undici:request:headers': (message: {
      request: Request;
      response: { readonly statusCode: number };
    }) => {
      end(message.request, message.response.statusCode);
    },
    'undici:request:error': ({ request }: { request: Request }) => {
      end(request, null);
    },
  };
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][];
  for (const [channel, listener] of entries) subscribe(channel, listener);
  return {
    [Symbol.dispose]: () => {
      for (const [channel, listener] of entries) unsubscribe(channel, listener);
    },
  };
}

/** Whether the author of the operation sends a context already. */
function hasContext({ headers }: Request): boolean {
  const text = typeof headers === 'string' ? headers : headers.join('\n');
  return /^traceparent\b/im.test(text);
}

// What a browser must know before it lets a page of another origin call here (Fetch, CORS protocol). Invariant: only an
// origin that has passed the guard learns anything, and no answer lets cookies along.
import type { Exchange } from './exchange.ts';

/** Headers that MCP clients send, and those of files and traces. `Mcp-Param-*` are named by the tools. */
const SENT =
  /^(accept|authorization|content-type|if-none-match|last-event-id|mcp-[a-z0-9-]{1,80}|range|traceparent|tracestate|baggage)$/;

/** Headers of answers that a page may read, beside those that every page may. */
const READ =
  'accept-ranges, allow, content-range, etag, location, mcp-protocol-version, mcp-session-id, repr-digest, retry-after, www-authenticate';

/** How long a browser need not ask again, in seconds. */
const MAX_AGE_SECONDS = 600;

/** Lets the page of an origin that has passed the guard of hosts read the answer, be it a refusal. Refuses nothing itself. */
export function allowPage({ request, response }: Exchange): null {
  const { origin } = request.headers;
  if (origin === undefined) return null;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-expose-headers', READ);
  return null;
}

/** Whether a browser asks what a page may send, before it sends it. */
export function isPreflight({ request: { method, headers } }: Exchange): boolean {
  const { origin, 'access-control-request-method': asked } = headers;
  return method === 'OPTIONS' && origin !== undefined && asked !== undefined;
}

export function sendPreflight(exchange: Exchange): void {
  allowPage(exchange);
  const headers = exchange.request.headers['access-control-request-headers'] ?? '';
  const names = headers.split(',').map((name) => name.trim().toLowerCase());
  exchange.response
    .writeHead(204, {
      'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
      'access-control-allow-headers': names.filter((name) => SENT.test(name)).join(', '),
      'access-control-max-age': String(MAX_AGE_SECONDS),
    })
    .end();
}

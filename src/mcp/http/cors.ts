// What a browser must be told before it lets a page of another origin call here (Fetch, CORS protocol). Invariant: only an
// origin that has passed the guard is told anything, and no answer lets cookies along.
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Headers that MCP clients send, and those of files and traces. `Mcp-Param-*` are named by the tools. */
const SENT =
  /^(accept|authorization|content-type|if-none-match|last-event-id|mcp-[a-z0-9-]{1,80}|range|traceparent|tracestate|baggage)$/;

/** Headers of answers that a page may read, beside those that every page may. */
const READ =
  'accept-ranges, allow, content-range, etag, location, mcp-protocol-version, mcp-session-id, repr-digest, retry-after, www-authenticate';

/** How long a browser need not ask again, in seconds. */
const MAX_AGE_SECONDS = 600;

/** Lets the page of an allowed origin read the answer. Answers the question whether it may ask itself: `true` when it has. */
export function admitPage(request: IncomingMessage, response: ServerResponse): boolean {
  const { origin, 'access-control-request-method': asked } = request.headers;
  if (origin === undefined) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('vary', 'origin');
  response.setHeader('access-control-expose-headers', READ);
  if (request.method !== 'OPTIONS' || asked === undefined) return false;
  const headers = request.headers['access-control-request-headers'] ?? '';
  const names = headers.split(',').map((name) => name.trim().toLowerCase());
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
    'access-control-allow-headers': names.filter((name) => SENT.test(name)).join(', '),
    'access-control-max-age': String(MAX_AGE_SECONDS),
  });
  response.end();
  return true;
}

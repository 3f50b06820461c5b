// Clients that read no event stream, or do not say that they do: `Accept: application/json`, `*/*`, or nothing. The SDK answers
// 406 to a legacy message of theirs; it can be answered in JSON as well. Invariant: what a stream would have carried before
// the result, progress, is left out, and nothing else.
import type { IncomingHttpHeaders } from 'node:http';
import {
  isLegacyRequest,
  WebStandardStreamableHTTPServerTransport,
  type McpHttpHandler,
} from '@modelcontextprotocol/server';
import type { ServerFactory } from '../server.ts';

export function readsStreams({ accept }: IncomingHttpHeaders): boolean {
  return accept?.includes('text/event-stream') ?? false;
}

/** What the SDK's transport demands before it answers in JSON. */
const BOTH = 'application/json, text/event-stream';

/** The handler, but for legacy messages of those who read no stream. */
export function withJsonAnswers(
  handler: Pick<McpHttpHandler, 'fetch'>,
  factory: ServerFactory,
): Pick<McpHttpHandler, 'fetch'> {
  return {
    fetch: async (request, options) => {
      const { parsedBody, authInfo } = options ?? {};
      const isOurs =
        parsedBody !== undefined &&
        !readsStreams({ accept: request.headers.get('accept') ?? undefined }) &&
        (await isLegacyRequest(request, parsedBody));
      if (!isOurs) return handler.fetch(request, options);
      request.headers.set('accept', BOTH);
      const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
      const auth = authInfo && { authInfo };
      const server = await factory.create({ era: 'legacy', requestInfo: request, ...auth });
      await server.connect(transport);
      const close = () => void server.close();
      request.signal.addEventListener('abort', close, { once: true });
      const response = await transport.handleRequest(request, { parsedBody, ...auth });
      close();
      return response;
    },
  };
}

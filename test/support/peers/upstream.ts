// A fake upstream that speaks real HTTP on a free loopback port. It records every request, and counts how often each
// idempotency key was seen, which is how tests distinguish a repeated request from a single one.
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A request as it arrived. */
export interface UpstreamRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown;
  /** The header Idempotency-Key. */
  readonly idempotencyKey: string | null;
  /** Aborted when the client went away before its answer. */
  readonly gone: AbortSignal;
}

/** An answer: a status alone, or in full. A string is sent as it is, anything else as JSON. */
export type UpstreamAnswer =
  | number
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    };

/** Answers a request; takes the response itself where an answer in full would not do (to break off, to send bytes). */
export type UpstreamHandler = (
  request: UpstreamRequest,
  response: ServerResponse,
) => UpstreamAnswer | undefined | Promise<UpstreamAnswer | undefined>;

/** A running fake upstream. */
export interface FakeUpstream extends AsyncDisposable {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  readonly url: string;
  /** Every request, in order of arrival. */
  readonly requests: readonly UpstreamRequest[];
  /** Connections that were ever accepted. */
  readonly connections: () => number;
  /** Requests per idempotency key; requests without one are not counted. */
  readonly countsByKey: () => ReadonlyMap<string, number>;
}

/**
 * Starts a fake upstream.
 *
 * @param behaviour a handler, or a script of answers, the last of which is repeated
 */
export async function startFakeUpstream(
  behaviour: UpstreamHandler | readonly UpstreamAnswer[],
): Promise<FakeUpstream> {
  const requests: UpstreamRequest[] = [];
  const handler = typeof behaviour === 'function' ? behaviour : toHandler(behaviour);
  let connections = 0;
  const server = createServer((incoming, response) => {
    void (async () => {
      const gone = new AbortController();
      response.on('close', () => {
        if (!response.writableFinished) gone.abort();
      });
      const body = await text(incoming);
      const key = incoming.headers['idempotency-key'];
      const request: UpstreamRequest = {
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers,
        text: body,
        json: toJson(body),
        idempotencyKey: typeof key === 'string' ? key : null,
        gone: gone.signal,
      };
      requests.push(request);
      const answer = await handler(request, response);
      if (answer !== undefined) send(response, answer);
    })().catch(() => response.destroy());
  });
  server.on('connection', () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    connections: () => connections,
    countsByKey: () => {
      const counts = new Map<string, number>();
      for (const { idempotencyKey: key } of requests) {
        if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return counts;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function toHandler(script: readonly UpstreamAnswer[]): UpstreamHandler {
  let next = 0;
  return () => script[Math.min(next++, script.length - 1)] ?? 500;
}

function send(response: ServerResponse, answer: UpstreamAnswer): void {
  const {
    status = 200,
    headers = {},
    body,
  } = typeof answer === 'number' ? { status: answer } : answer;
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { ...(body !== undefined && { 'content-type': type }), ...headers });
  response.end(typeof body === 'string' || body === undefined ? body : JSON.stringify(body));
}

function toJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

// A Temporal at which nothing is to be had: each call is refused, as where an API key has no right, or answered a while later by an
// empty message, as a long poll is while nothing happens.
import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Ends with its scope. */
export interface UnwillingTemporal extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  /** Methods that were called. */
  readonly calls: readonly string[];
  /** Most calls that were open at once. */
  readonly mostOpen: () => number;
}

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const STATUS = { OK: 0, PERMISSION_DENIED: 7, UNIMPLEMENTED: 12 } as const;

/** How long an empty message takes, in milliseconds. */
const EMPTY_MS = 200;

/** A message of gRPC without content. */
const EMPTY = Buffer.alloc(5);

/** @param answer a refusal, or an empty message */
export async function startUnwillingTemporal(
  answer: 'PERMISSION_DENIED' | 'OK',
): Promise<UnwillingTemporal> {
  const sessions = new Set<ServerHttp2Session>();
  const calls: string[] = [];
  let open = 0;
  let mostOpen = 0;
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    const method = String(headers[':path']).split('/').at(-1) ?? '';
    stream.on('error', () => undefined); // a caller that gives up resets it
    const head = { ':status': 200, 'content-type': 'application/grpc' };
    const refuse = (status: keyof typeof STATUS, why: string) => {
      const trailers = { 'grpc-status': String(STATUS[status]), 'grpc-message': why };
      stream.respond({ ...head, ...trailers }, { endStream: true });
    };
    // A client that connects asks what the server can do; old ones do not know.
    if (method === 'GetSystemInfo') {
      refuse('UNIMPLEMENTED', 'unknown method');
      return;
    }
    calls.push(method);
    open += 1;
    mostOpen = Math.max(mostOpen, open);
    stream.on('close', () => (open -= 1));
    if (answer !== 'OK') {
      refuse(answer, 'Request unauthorized.');
      return;
    }
    stream.respond(head, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      stream.sendTrailers({ 'grpc-status': String(STATUS.OK) });
    });
    setTimeout(() => stream.end(EMPTY), EMPTY_MS);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    mostOpen: () => mostOpen,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

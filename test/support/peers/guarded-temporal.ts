// A Temporal server behind a guard that lets nobody do anything in one namespace, as where an API key has no right there. What is
// about other namespaces passes through. The namespace of a call is the header that Temporal's clients send with each.
import { once } from 'node:events';
import {
  connect,
  constants,
  createServer,
  type ClientHttp2Session,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Ends with its scope. */
export interface GuardedTemporal extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
  /** Methods that were refused. */
  readonly refused: readonly string[];
  /** From now on this namespace. */
  forbid(namespace: string): void;
}

/** gRPC's status of a call that is not allowed (https://grpc.io/docs/guides/status-codes/). */
const DENIED = { 'grpc-status': '7', 'grpc-message': 'Request unauthorized.' };

export async function startGuardedTemporal(behind: string): Promise<GuardedTemporal> {
  const refused: string[] = [];
  const sessions = new Set<ServerHttp2Session | ClientHttp2Session>();
  let forbidden = '';
  const server = createServer();
  server.on('session', (session) => {
    const beyond = connect(`http://${behind}`);
    beyond.on('error', () => undefined); // its calls fail by themselves
    session.on('close', () => {
      beyond.close();
    });
    sessions.add(session).add(beyond);
    session.on('stream', (stream, headers) => {
      stream.on('error', () => undefined); // a caller that gives up resets it
      if (headers['temporal-namespace'] === forbidden) {
        refused.push(String(headers[':path']).split('/').at(-1) ?? '');
        const head = { ':status': 200, 'content-type': 'application/grpc' };
        stream.respond({ ...head, ...DENIED }, { endStream: true });
        return;
      }
      pass(stream, headers, beyond);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    refused,
    forbid: (namespace) => {
      forbidden = namespace;
    },
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function pass(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  beyond: ClientHttp2Session,
): void {
  const call = beyond.request(headers);
  let trailers: IncomingHttpHeaders = {};
  call.on('response', (head, flags) => {
    const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0;
    stream.respond(head, isAll ? { endStream: true } : { waitForTrailers: true });
    if (!isAll) call.pipe(stream);
  });
  call.on('trailers', (last: IncomingHttpHeaders) => {
    trailers = last;
  });
  stream.on('wantTrailers', () => {
    stream.sendTrailers(trailers);
  });
  stream.on('aborted', () => {
    call.close(constants.NGHTTP2_CANCEL);
  });
  call.on('error', () => {
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  stream.pipe(call);
}

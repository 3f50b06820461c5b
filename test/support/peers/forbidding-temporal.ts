// A Temporal that lets nobody do anything, as one answers whose API key has no right to the namespace.
import { once } from 'node:events';
import { createServer, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** Ends with its scope. */
export interface ForbiddingTemporal extends AsyncDisposable {
  /** `host:port` */
  readonly address: string;
}

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const [PERMISSION_DENIED, UNIMPLEMENTED] = ['7', '12'];

export async function startForbiddingTemporal(): Promise<ForbiddingTemporal> {
  const sessions = new Set<ServerHttp2Session>();
  const server = createServer();
  server.on('session', (session) => sessions.add(session));
  server.on('stream', (stream, headers) => {
    // A client that connects asks what the server can do: that is everybody's right.
    const asksForAbilities = String(headers[':path']).endsWith('/GetSystemInfo');
    stream.respond(
      {
        ':status': 200,
        'content-type': 'application/grpc',
        'grpc-status': asksForAbilities ? UNIMPLEMENTED : PERMISSION_DENIED,
        'grpc-message': asksForAbilities ? 'unknown method' : 'Request unauthorized.',
      },
      { endStream: true },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

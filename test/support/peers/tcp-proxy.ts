// A network that can fail: forwards connections to a server, delays and loses its answers, lets nothing through, cuts and resets what is
// connected.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** The failing network. Ends with its scope. */
export interface TcpProxy extends AsyncDisposable {
  /** `host:port` that leads to the server. */
  readonly address: string;
  /** From now on requests arrive and answers are lost. */
  mute(): void;
  /** From now on every answer takes so many milliseconds more. */
  delay(ms: number): void;
  /** From now on nothing passes, in either direction, on connections old and new. */
  drop(): void;
  /** Cuts all connections; new ones work, at once. */
  cut(): void;
  /** The same with a reset instead of an orderly end. */
  reset(): void;
}

export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let muted = false;
  let dropping = false;
  let delayMs = 0;
  const heal = () => {
    muted = false;
    dropping = false;
    delayMs = 0;
  };
  const cut = () => {
    heal();
    for (const socket of sockets) socket.destroy();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (chunk) => {
      if (!dropping) upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (muted || dropping) return;
      if (delayMs === 0) client.write(chunk);
      else setTimeout(() => client.write(chunk), delayMs);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    mute: () => {
      muted = true;
    },
    delay: (ms) => {
      delayMs = ms;
    },
    drop: () => {
      dropping = true;
    },
    cut,
    reset: () => {
      heal();
      for (const socket of sockets) socket.resetAndDestroy();
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}

// The page that Prometheus reads, on a port of its own: Longhaul's metrics, and below them those of the Temporal SDK,
// fetched from the SDK's own page on loopback. Invariant: where the SDK's page does not answer, ours is shown all the same.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** What the page shows. */
export interface PageOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Longhaul's own metrics, in Prometheus's text format. */
  readonly read: () => Promise<string>;
  /** Whether a request came by a name that leads here; answers it itself where not. */
  readonly isAllowedHost: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Where the SDK shows its own. */
  readonly sdkUrl: string;
}

/** A page that is served. */
export interface Page extends AsyncDisposable {
  /** Of the page. */
  readonly url: string;
}

/** How long the SDK's page may take, in milliseconds: it is on this machine. */
const SDK_MS = 2_000;

/**
 * Serves the page.
 *
 * @throws {Error} with one sentence when the address cannot be used
 */
export async function servePage(options: PageOptions): Promise<Page> {
  const { host, port, read, isAllowedHost, sdkUrl } = options;
  const readSdk = async (): Promise<string> => {
    try {
      const answer = await fetch(sdkUrl, { signal: AbortSignal.timeout(SDK_MS) });
      return answer.ok ? await answer.text() : '';
    } catch {
      return ''; // nothing has been connected yet
    }
  };
  const server = createServer((request, response) => {
    if (!isAllowedHost(request, response)) return;
    if (request.method !== 'GET' || request.url?.replace(/\?.*$/, '') !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The page is /metrics.\n');
      return;
    }
    Promise.all([read(), readSdk()]).then(
      ([own, sdk]) => {
        response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
        response.end(own.endsWith('\n') ? own + sdk : `${own}\n${sdk}`);
      },
      () => response.writeHead(500).end(),
    );
  });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    const { message } = error as Error;
    throw new Error(`the metrics page cannot be served on ${host}, port ${port}: ${message}`);
  });
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}/metrics`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

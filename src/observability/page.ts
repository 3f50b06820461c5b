// The page that Prometheus reads, on a port of its own: Longhaul's metrics, and below them those of the Temporal SDK,
// fetched from the SDK's own page on loopback. Invariant: where the SDK's page does not answer, ours is shown all the same.
import type { HostGuard } from '../http/guards.ts';
import { listen, sendRefusal } from '../http/server.ts';

export interface PageOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Longhaul's own metrics, in Prometheus's text format. */
  readonly read: () => Promise<string>;
  /** By which names requests may come. */
  readonly hostGuard: HostGuard;
  /** Where the SDK shows its own. */
  readonly sdkUrl: string;
}

export interface Page extends AsyncDisposable {
  readonly url: string;
}

/** How long the SDK's page may take, in milliseconds: it is on this machine. */
const SDK_MS = 2_000;

/** @throws {Error} with one sentence when the address cannot be used */
export async function servePage(options: PageOptions): Promise<Page> {
  const { host, port, read, hostGuard, sdkUrl } = options;
  const readSdk = async (): Promise<string> => {
    try {
      const answer = await fetch(sdkUrl, { signal: AbortSignal.timeout(SDK_MS) });
      return answer.ok ? await answer.text() : '';
    } catch {
      return ''; // nothing has been connected yet
    }
  };
  const setWith = { host: 'observability.metricsHost', port: 'observability.metricsPort' };
  const listener = await listen({ host, port, setWith }, async (request, response) => {
    const refusal = hostGuard(request);
    if (refusal) sendRefusal(response, refusal);
    else if (request.method !== 'GET' || request.url?.replace(/\?.*$/, '') !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('The page is /metrics.\n');
    } else {
      const [own, sdk] = await Promise.all([read(), readSdk()]);
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
      response.end(own.endsWith('\n') ? own + sdk : `${own}\n${sdk}`);
    }
  });
  return {
    url: `${listener.origin}/metrics`,
    [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
  };
}

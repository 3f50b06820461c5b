// The listener of the gateway: what it takes at once and for how long.
import { listen, type Listener } from '../../http/server.ts';
import type { OperationLog } from '../../operations/context.ts';
import type { ListeningOptions } from './options.ts';
import type { ArrivalLimits } from './slow.ts';

export interface McpListenOptions extends Pick<
  ListeningOptions,
  'host' | 'port' | 'maxConnections'
> {
  readonly arrival: ArrivalLimits;
  readonly log: Pick<OperationLog, 'debug' | 'error'>;
}

// Longer than clients and load balancers keep idle connections (60 s is common): the side that reuses a connection
// should be the one that closes it.
const KEEP_ALIVE_MS = 75_000;

/** How often closed connections are reported, in milliseconds. */
const REPORT_MS = 60_000;

/**
 * Listens. Connections beyond `maxConnections` are closed before they are read.
 *
 * @throws {Error} with one sentence when the address cannot be used
 */
export async function listenForMcp(
  { host, port, maxConnections, arrival, log }: McpListenOptions,
  answer: Parameters<typeof listen>[1],
): Promise<Listener> {
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: arrival.headersMs,
    requestTimeout: arrival.fileMs, // of any request; messages have a limit of their own
    connectionsCheckingInterval: arrival.checkMs,
  };
  const setWith = { host: '--host', port: '--port' };
  const onFailure: Parameters<typeof listen>[0]['onFailure'] = (error, response) => {
    log.debug('http', { error: String(error) });
    response.destroy();
  };
  const listener = await listen({ host, port, setWith, limits, onFailure }, answer);
  const { server } = listener;
  server.maxConnections = maxConnections;
  let reported = -Infinity;
  server.on('drop', () => {
    // Those that wait for nothing make room for the next one.
    server.closeIdleConnections();
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    log.error('connections are refused: as many as server.maxConnections are open', {
      maxConnections,
    });
  });
  return listener;
}

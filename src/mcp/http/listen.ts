// The listener: what it takes at once and for how long, and why it could not be started.
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:http';

/** What a listener is made from. */
export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Connections at once; more are closed before they are read. */
  readonly maxConnections: number;
  /** Is told of connections that were closed for their number, once a minute at most. */
  readonly onFull: () => void;
}

// Longer than clients and load balancers keep idle connections (60 s is common): the side that reuses a connection
// should be the one that closes it.
const KEEP_ALIVE_MS = 75_000;

/** How long the headers of a request may take, in milliseconds. */
const HEADERS_MS = 30_000;

/** How long any request may take to arrive, in milliseconds: a large file over a slow line. Messages have a limit of their own. */
const REQUEST_MS = 3_600_000;

const REPORT_MS = 60_000;

/**
 * Listens.
 *
 * @throws {Error} with one sentence when the address cannot be used
 */
export async function listen(options: ListenOptions, answer: RequestListener): Promise<Server> {
  const { host, port, maxConnections, onFull } = options;
  const limits = {
    keepAliveTimeout: KEEP_ALIVE_MS,
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: 5_000,
  };
  const server = createServer(limits, answer);
  server.maxConnections = maxConnections;
  let reported = -Infinity;
  server.on('drop', () => {
    // Those that wait for nothing make room for the next one.
    server.closeIdleConnections();
    if (performance.now() - reported < REPORT_MS) return;
    reported = performance.now();
    onFull();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(toListenMessage(error, host, port), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return server;
}

function toListenMessage(
  { code, message }: NodeJS.ErrnoException,
  host: string,
  port: number,
): string {
  switch (code ?? '') {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken; stop the program that has it, or choose another with --port`;
    case 'EACCES':
      return `port ${port} on ${host} is not allowed for this user; choose one above 1023 with --port`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; choose another with --host`;
    default:
      return `cannot listen on ${host}, port ${port}: ${message}`;
  }
}

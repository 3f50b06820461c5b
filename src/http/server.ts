// A server for HTTP: it listens, reads bodies up to a bound and sends JSON.
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Refusal } from './guards.ts';

export interface ListenOptions {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** What people set the two with, for the message when they cannot be used. */
  readonly setWith: { readonly host: string; readonly port: string };
  readonly limits?: ServerOptions;
  /** Answers a request whose answer failed. Default: 500, or a broken connection where the answer has begun. */
  readonly onFailure?: (error: unknown, response: ServerResponse) => void;
}

/** A server that listens. Disposing of it closes every connection at once. */
export interface Listener extends AsyncDisposable {
  readonly server: Server;
  /** As a client on this machine has it: `http://127.0.0.1:7400`. */
  readonly origin: string;
}

/** How much of a body that is too large is swallowed, as a multiple of the limit, so that the client reads the answer. */
const SWALLOWED = 8;

/** @throws {Error} with one sentence when the address cannot be used */
export async function listen(
  options: ListenOptions,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listener> {
  const { host, port, limits = {}, onFailure = sendFailure } = options;
  const server = createServer(limits, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      onFailure(error, response);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      reject(new Error(toListenMessage(error, options), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
  return {
    server,
    origin: `http://${toHostname(host)}:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The bytes of a request's body; `null` when it has more than `maxBytes`. Rejects when the connection breaks. */
export async function readRequest(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) chunks.push(chunk);
      else if (bytes > maxBytes * SWALLOWED) {
        request.off('data', take).pause();
        resolve(null);
      }
    };
    request.on('data', take);
    request.on('end', () => {
      resolve(bytes > maxBytes ? null : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

/** Headers of an answer that no browser keeps, or takes for something else. */
export const UNKEPT = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** Sends a whole answer, in one write: the length is known, so nothing is chunked. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

export function sendRefusal(response: ServerResponse, { status, message, headers }: Refusal): void {
  sendJson(response, status, { message }, { ...UNKEPT, ...headers });
}

function sendFailure(_: unknown, response: ServerResponse): void {
  if (response.headersSent) response.destroy();
  else sendJson(response, 500, { message: 'the request could not be answered' });
}

function toListenMessage(
  { code, message }: NodeJS.ErrnoException,
  { host, port, setWith }: ListenOptions,
): string {
  switch (code ?? '') {
    case 'EADDRINUSE':
      return `port ${port} on ${host} is taken; stop the program that has it, or choose another with ${setWith.port}`;
    case 'EACCES':
      return `port ${port} on ${host} is not allowed for this user; choose one above 1023 with ${setWith.port}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine; choose another with ${setWith.host}`;
    default:
      return `cannot listen on ${host}, port ${port}: ${message}`;
  }
}

/** The bind address as a client of this machine writes it. */
export function toHostname(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

// MCP over Streamable HTTP, both eras on `/mcp`, with health pages beside it. Invariants: no request is answered 429 or
// 503 for a tool call, and no answer is cut off by a shutdown within its grace: either ends the whole session of some
// clients.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, isJsonContentType } from '@modelcontextprotocol/server';
import type { Gate } from '../auth/index.ts';
import { isJsonObject } from '../contract/json.ts';
import { answerMetadata, authenticate, authorize, toAuthInfo } from './http/authorization.ts';
import { readBody } from './http/body.ts';
import { createFileEndpoint, FILES_PATH } from './http/files.ts';
import { createHostGuard } from './http/hosts.ts';
import { fillNameHeader } from './http/name-header.ts';
import { sendJson } from './http/send.ts';
import { fillTraceContext } from './http/trace-header.ts';
import { serveToolCall } from './http/tool-call.ts';
import type { ServerFactory } from './server.ts';

/** Whether calls can be served; `null` for what this process does not know. */
interface Readiness {
  readonly ready: boolean;
  /** Whether Temporal answers. */
  readonly temporal: boolean;
  /** Whether a worker polls. */
  readonly worker: boolean | null;
}

/** What `startHttpGateway` takes. */
export interface HttpGatewayOptions {
  readonly factory: ServerFactory;
  /** Address to listen on. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Asked for each `/readyz`; a rejection counts as not ready. */
  readonly readiness: () => Promise<Readiness>;
  /** Largest request body, in bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Host names that may lead here beside the loopback ones, without port. Default: none. */
  readonly allowedHosts?: readonly string[];
  /** Who may call; without it everybody may, and is the principal that the factory was made with. Default: none. */
  readonly gate?: Gate | null;
  /** Sees every message that has arrived, and the response that will answer it. Default: nobody does. */
  readonly observe?: ((message: unknown, response: ServerResponse) => void) | null;
}

/** A gateway that listens. */
export interface HttpGateway extends AsyncDisposable {
  /** Of the MCP endpoint. */
  readonly url: string;
  /** Stops accepting, lets running calls answer for at most `graceMs`, then closes every connection. */
  close(graceMs: number): Promise<void>;
}

// Longer than clients and load balancers keep idle connections (60 s is common): the side that reuses a connection
// should be the one that closes it.
const KEEP_ALIVE_MS = 75_000;

/**
 * Starts the gateway.
 *
 * @throws {Error} with one sentence when the address cannot be used
 */
export async function startHttpGateway(options: HttpGatewayOptions): Promise<HttpGateway> {
  const {
    factory,
    host,
    port,
    readiness,
    maxBodyBytes = 1024 * 1024,
    gate = null,
    observe,
  } = options;
  const isAllowed = createHostGuard(host, options.allowedHosts ?? []);
  /** Tells of a request that was answered before a face saw it. */
  const refused = (response: ServerResponse, what = '') => {
    factory.onRefusal(what, String(response.statusCode));
  };
  const handler = createMcpHandler(factory.create, {
    maxRequestBodySize: maxBodyBytes,
    onerror: (error) => {
      factory.log.debug('http', { error: error.message });
    },
  });
  const serveMcp = toNodeHandler(handler, { maxRequestBodySize: maxBodyBytes });
  const running = new Set<ServerResponse>();
  const serveFile = factory.files && createFileEndpoint({ ...factory, files: factory.files, gate });
  let closing = false;

  const serveMessage = async (request: IncomingMessage, response: ServerResponse) => {
    if (!isAllowed(request, response)) {
      refused(response);
      return;
    }
    const identity = gate && (await authenticate(gate, request, response));
    if (gate && !identity) {
      refused(response);
      return;
    }
    const auth = identity && toAuthInfo(identity);
    if (auth) Object.assign(request, { auth });
    const isMessage =
      request.method === 'POST' && isJsonContentType(request.headers['content-type'] ?? null);
    if (!isMessage) return serveMcp(request as NodeIncomingMessageLike, response);
    const body = await readBody(request, maxBodyBytes);
    if (!('message' in body)) {
      const { status, code, reason } = body;
      if (status === 413) response.setHeader('connection', 'close');
      sendJson(response, status, { jsonrpc: '2.0', id: null, error: { code, message: reason } });
      refused(response);
      return;
    }
    observe?.(body.message, response);
    if (gate && identity && !authorize(gate, identity, body.message, response)) {
      refused(response, toWhat(body.message));
      return;
    }
    fillNameHeader(request.headers, body.message);
    fillTraceContext(request.headers, body.message);
    // Subscriptions stay open for good: nobody waits for their end.
    if (isJsonObject(body.message) && body.message['method'] !== 'subscriptions/listen') {
      running.add(response);
      response.once('close', () => running.delete(response));
    }
    const call = { headers: request.headers, message: body.message, ...(auth && { auth }) };
    if (await serveToolCall(factory, call, response)) return;
    await serveMcp(request as NodeIncomingMessageLike, response, body.message);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (closing) response.setHeader('connection', 'close');
    const path = (request.url ?? '/').replace(/\?.*$/, '');
    if (gate && answerMetadata(gate, path, request, response)) return;
    if (serveFile && (path === FILES_PATH || path.startsWith(`${FILES_PATH}/`))) {
      if (isAllowed(request, response)) {
        running.add(response);
        response.once('close', () => running.delete(response));
        await serveFile(path, request, response);
      }
      if (response.statusCode >= 400) refused(response, FILES_PATH);
      return;
    }
    switch (path) {
      case '/mcp':
        return serveMessage(request, response);
      case '/healthz':
        sendJson(response, 200, { status: 'ok' });
        return;
      case '/readyz': {
        const unknown = { ready: false, temporal: false, worker: null };
        const known = await readiness().catch(() => unknown);
        const ready = known.ready && !closing;
        sendJson(response, ready ? 200 : 503, { ...known, ready });
        return;
      }
      default:
        response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' });
        response.end('There is nothing here. The MCP endpoint of this server is /mcp.\n');
    }
  };

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      factory.log.debug('http', { error: String(error) });
      response.destroy();
    });
  });
  await listen(server, host, port);

  const close = async (graceMs: number): Promise<void> => {
    closing = true;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const response of running) {
      if (!response.headersSent) response.setHeader('connection', 'close');
    }
    const answered = Promise.all([
      factory.drain(),
      ...[...running].map((response) => new Promise((resolve) => response.once('close', resolve))),
    ]);
    const patience = new AbortController();
    await Promise.race([
      answered,
      sleep(graceMs, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
    await handler.close();
    server.closeAllConnections();
    await closed;
  };

  return {
    url: `http://${toHostname(host)}:${(server.address() as AddressInfo).port}/mcp`,
    close,
    [Symbol.asyncDispose]: () => close(1000),
  };
}

async function listen(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(new Error(toListenMessage(error, host, port), { cause: error }));
    });
    server.listen(port, host, resolve);
  });
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

/** The tool that a message calls, or its method. */
function toWhat(message: unknown): string {
  const { method, params } = isJsonObject(message) ? message : {};
  const name = method === 'tools/call' && isJsonObject(params) ? params['name'] : method;
  return typeof name === 'string' ? name : '';
}

/** The bind address as a client of this machine writes it. */
function toHostname(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

// MCP over Streamable HTTP, both eras on `/mcp`, with health pages beside it. Invariants: no request is answered 429 or
// 503 for a tool call, and no answer is cut off by a shutdown within its grace: either ends the whole session of some
// clients.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMcpHandler, isJsonContentType } from '@modelcontextprotocol/server';
import type { Gate } from '../../auth/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import { isBrowser, MCP_PATH, sendNotAllowed, sendNotFound, sendPage } from './address.ts';
import { answerMetadata, authenticate, authorize, toAuthInfo } from './authorization.ts';
import { readBody } from './body.ts';
import { admitPage } from './cors.ts';
import { createFileEndpoint, FILES_PATH } from './files.ts';
import { answerHealth, shareReadiness, type Readiness } from './health.ts';
import { createHostGuard, createProbeGuard } from './hosts.ts';
import { withJsonAnswers } from './json-only.ts';
import { listen } from './listen.ts';
import { endWithToken } from './held-call.ts';
import { fillNameHeader } from './name-header.ts';
import { sendError } from './send.ts';
import { sendWebResponse, toWebRequest } from './web.ts';
import { limitBody, limitStalling, MESSAGE_MS } from './slow.ts';
import { fillTraceContext } from './trace-header.ts';
import { serveToolCall } from './tool-call.ts';
import type { ServerFactory } from '../server.ts';

/** What `startHttpGateway` takes. */
export interface HttpGatewayOptions {
  readonly factory: ServerFactory;
  /** Address to listen on. */
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Asked for `/readyz`; a rejection counts as not ready. */
  readonly readiness: () => Promise<Readiness>;
  /** Largest request body, in bytes. Default: 1 MiB. */
  readonly maxBodyBytes?: number;
  /** Connections at once. Default: 5,000. */
  readonly maxConnections?: number;
  /** How long a message may take to arrive, in milliseconds. Default: 30 s. */
  readonly messageMs?: number;
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
    maxConnections = 5_000,
    messageMs = MESSAGE_MS,
    maxBodyBytes = 1024 * 1024,
    gate = null,
    observe,
  } = options;
  const isAllowed = createHostGuard(host, options.allowedHosts ?? []);
  const isAllowedProbe = createProbeGuard(host, isAllowed);
  const readiness = shareReadiness(options.readiness);
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
  const answering = withJsonAnswers(handler, factory);
  const serveMcp = async (
    request: IncomingMessage,
    response: ServerResponse,
    options: Parameters<typeof answering.fetch>[1] = {},
  ) => {
    const answer = await answering.fetch(toWebRequest(request, response), options);
    await sendWebResponse(response, answer);
  };
  const running = new Set<ServerResponse>();
  const serveFile = factory.files && createFileEndpoint({ ...factory, files: factory.files, gate });
  let closing = false;

  const serveMessage = async (request: IncomingMessage, response: ServerResponse) => {
    limitBody(request, response, messageMs);
    if (isBrowser(request)) {
      sendPage(request, response, gate);
      return;
    }
    const authorization = request.headersDistinct['authorization'] ?? [];
    const identity = gate && (await authenticate(gate, request, response));
    if (gate && !identity) {
      refused(response);
      return;
    }
    const auth = identity && toAuthInfo(identity);
    if (request.method !== 'POST') {
      sendNotAllowed(request, response, gate);
      return;
    }
    const isMessage = isJsonContentType(request.headers['content-type'] ?? null);
    if (!isMessage) return serveMcp(request, response);
    const body = await readBody(request, maxBodyBytes);
    if (!('message' in body)) {
      const { status, code, reason } = body;
      if (status === 413) response.setHeader('connection', 'close');
      sendError(response, status, reason, code);
      refused(response);
      return;
    }
    observe?.(body.message, response);
    if (
      gate &&
      identity &&
      !(await authorize(gate, identity, body.message, response, factory.operationOf))
    ) {
      refused(response, toWhat(body.message));
      return;
    }
    if (gate) endWithToken(gate, authorization, body.message, response);
    fillNameHeader(request.headers, body.message);
    fillTraceContext(request.headers, body.message);
    // Subscriptions stay open for good: nobody waits for their end.
    if (isJsonObject(body.message) && body.message['method'] !== 'subscriptions/listen') {
      running.add(response);
      response.once('close', () => running.delete(response));
    }
    const call = { headers: request.headers, message: body.message, ...(auth && { auth }) };
    if (await serveToolCall(factory, call, response)) return;
    const known = { parsedBody: body.message, ...(auth && { authInfo: auth }) };
    await serveMcp(request, response, known);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (closing) response.setHeader('connection', 'close');
    const path = (request.url ?? '/').replace(/\?.*$/, '').replace(/(?<=.)\/$/, '');
    if (path === '/healthz' || path === '/readyz') {
      if (!isAllowedProbe(request, response)) return;
      await answerHealth(path, response, readiness, () => closing);
      return;
    }
    if (gate && answerMetadata(gate, path, request, response)) return;
    const isFile = path === FILES_PATH || path.startsWith(`${FILES_PATH}/`);
    if (!isAllowed(request, response)) {
      refused(response, isFile ? FILES_PATH : '');
      return;
    }
    if (path === MCP_PATH) {
      if (!admitPage(request, response)) await serveMessage(request, response);
    } else if (serveFile && isFile) {
      if (admitPage(request, response)) return;
      limitStalling(request);
      running.add(response);
      response.once('close', () => running.delete(response));
      await serveFile(path, request, response);
      if (response.statusCode >= 400) refused(response, FILES_PATH);
    } else if (path === '/' && isBrowser(request)) sendPage(request, response, gate);
    else {
      limitBody(request, response, messageMs);
      sendNotFound(request, response, gate);
    }
  };

  const onFull = () => {
    factory.log.error('connections are refused: as many as server.maxConnections are open', {
      maxConnections,
    });
  };
  const server = await listen({ host, port, maxConnections, onFull }, (request, response) => {
    serve(request, response).catch((error: unknown) => {
      factory.log.debug('http', { error: String(error) });
      response.destroy();
    });
  });

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

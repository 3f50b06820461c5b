// The HTTP gateway over the fake task service, on a real socket, and plain HTTP exchanges with it.
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import {
  startHttpGateway,
  type HttpGateway,
  type HttpGatewayOptions,
} from '../../../src/mcp/http/gateway.ts';
import { createFace, type Face } from './face.ts';

/** A gateway over fakes, on a free port. */
export interface Running extends Face, AsyncDisposable {
  readonly gateway: HttpGateway;
  readonly url: string;
}

/** Starts a gateway over fakes. */
export async function startGateway(
  options: Partial<HttpGatewayOptions> = {},
  faceOptions: Parameters<typeof createFace>[0] = {},
): Promise<Running> {
  const face = createFace(faceOptions);
  const gateway = await startHttpGateway({
    factory: face.factory,
    host: '127.0.0.1',
    port: 0,
    readiness: () => Promise.resolve({ ready: true, temporal: true, worker: true }),
    ...options,
  });
  return {
    ...face,
    gateway,
    url: gateway.url,
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
}

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** A plain exchange on a connection of its own, with whatever headers a test needs. */
export async function send(
  url: string,
  options: { method?: string; headers?: Record<string, string | undefined>; body?: string } = {},
): Promise<Answer> {
  const { method = 'POST', headers = {}, body } = options;
  const sent = request(url, { method, agent: false });
  if (method === 'POST') {
    sent.setHeader('content-type', 'application/json');
    sent.setHeader('accept', 'application/json, text/event-stream');
  }
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) sent.setHeader(name, value);
  }
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
  return {
    status: response.statusCode!,
    headers: response.headers,
    text: Buffer.concat(chunks).toString(),
  };
}

/** What a modern client sends with a call of `list_operations`. */
export const modernHeaders = {
  'mcp-protocol-version': '2026-07-28',
  'mcp-method': 'tools/call',
  'mcp-name': 'list_operations',
};
/** A modern message. */
export const toModern = (method: string, params: object, capabilities: object = {}): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method,
    params: {
      ...params,
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': capabilities,
      },
    },
  });
/** A modern call of `list_operations`. */
export const LIST = toModern('tools/call', { name: 'list_operations', arguments: {} });

// The plain call of a tool in the modern era, answered straight into Node's response. The SDK's handler makes a web
// request, a web response and two streams of each call, which costs more than serving it. Its own building blocks do the
// work here: they classify the message, serve it and check its result. Invariant: a request that is not plain in every
// respect is left to the SDK's handler, untouched, so every refusal and every other method is worded in one place.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import {
  classifyInboundRequest,
  PerRequestHTTPServerTransport,
  type AuthInfo,
  type InboundModernRoute,
  type JSONRPCMessage,
  type PerRequestHTTPServerTransportOptions,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';
import { isJsonObject } from '../../contract/json.ts';
import { sendJson } from '../../http/server.ts';
import { MODERN_REVISION, type ServerFactory } from '../server.ts';
import { readsStreams } from './json-only.ts';
import { sendWebResponse } from './web.ts';

type Request = Extract<InboundModernRoute, { readonly messageKind: 'request' }>;

interface Incoming {
  readonly headers: IncomingHttpHeaders;
  readonly message: unknown;
  /** Who calls, where callers prove who they are. */
  readonly auth?: AuthInfo;
}

/** Serves a plain call of a tool; `false`, and nothing done, when the message is something else. */
export async function serveToolCall(
  factory: ServerFactory,
  { headers, message, auth }: Incoming,
  response: ServerResponse,
): Promise<boolean> {
  const route = toPlainCall(headers, message);
  if (!route) return false;
  const responseMode = readsStreams(headers) ? 'auto' : 'json';
  let isAnswered = false;
  const exchange = new Exchange({ ...route, responseMode }, (result) => {
    isAnswered = true;
    if (!response.writableEnded) sendJson(response, 200, result);
  });
  response.once('close', () => {
    // The caller went away, or was refused meanwhile.
    if (!isAnswered) void exchange.close();
  });
  const authInfo = auth && { authInfo: auth };
  await factory.createForCall().connect(exchange);
  void exchange.handleMessage(route.message, authInfo).then(
    async (answer) => {
      if (!response.writableEnded) await sendWebResponse(response, answer);
    },
    () => response.destroy(),
  );
  return true;
}

/**
 * One exchange. A result that nothing was sent before goes to `onResult`, and the exchange is not closed then: both it
 * and its server end with the request. Everything else becomes the SDK's web response.
 */
class Exchange extends PerRequestHTTPServerTransport {
  readonly #onResult: (result: JSONRPCMessage) => void;
  #isPlain = true;

  constructor(
    options: PerRequestHTTPServerTransportOptions,
    onResult: (result: JSONRPCMessage) => void,
  ) {
    super(options);
    this.#onResult = onResult;
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (this.#isPlain && 'result' in message) {
      this.#onResult(message);
      return;
    }
    this.#isPlain = false;
    await super.send(message, options);
  }
}

/** The call, when the headers say word for word what the body says. */
function toPlainCall(headers: IncomingHttpHeaders, message: unknown): Request | null {
  if (!isJsonObject(message) || message['method'] !== 'tools/call') return null;
  if (!isJsonObject(message['params'])) return null;
  const { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': name } = headers;
  if (version !== MODERN_REVISION || method !== 'tools/call') return null;
  if (typeof name !== 'string' || name !== message['params']['name']) return null;
  const route = classifyInboundRequest({
    httpMethod: 'POST',
    protocolVersionHeader: version,
    mcpMethodHeader: method,
    mcpNameHeader: name,
    body: message,
  });
  const isCall =
    route.kind === 'modern' &&
    route.messageKind === 'request' &&
    route.classification.revision === version;
  return isCall ? route : null;
}

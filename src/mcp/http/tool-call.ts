// The plain call of a tool in the modern era, answered straight into Node's response. The SDK's handler makes a web
// request, a web response and two streams of each call, which costs more than serving it. Its own building blocks do the
// work here: they serve the message and check its result. Invariant: a request that is not plain in every respect, or is refused
// before its handler ran, is left to the SDK's handler, untouched, so every refusal and every other method is worded in one place.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import {
  isJSONRPCRequest,
  PerRequestHTTPServerTransport,
  PROTOCOL_VERSION_META_KEY,
  type AuthInfo,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type PerRequestHTTPServerTransportOptions,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';
import { sendJson } from '../../http/server.ts';
import { MODERN_REVISION, type ServerFactory } from '../server.ts';
import { readsStreams } from './json-only.ts';
import { sendWebResponse } from './web.ts';

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
  if (!isPlainCall(headers, message)) return false;
  const responseMode = readsStreams(headers) ? 'auto' : 'json';
  let isAnswered = false;
  const exchange = new Exchange({ classification: MODERN, responseMode }, (result) => {
    isAnswered = true;
    if (!response.writableEnded) sendJson(response, 200, result);
  });
  await factory.createForCall().connect(exchange);
  const answered = exchange.handleMessage(message, auth && { authInfo: auth });
  if (exchange.isRefused) return false;
  response.once('close', () => {
    // The caller went away, or was refused meanwhile.
    if (!isAnswered) void exchange.close();
  });
  void answered.then(
    async (answer) => {
      if (!response.writableEnded) await sendWebResponse(response, answer);
    },
    () => response.destroy(),
  );
  return true;
}

const MODERN = { era: 'modern', revision: MODERN_REVISION } as const;

/**
 * One exchange. A result that nothing was sent before goes to `onResult`, and the exchange is not closed then: both it
 * and its server end with the request. Everything else becomes the SDK's web response.
 */
class Exchange extends PerRequestHTTPServerTransport {
  /** Refused by what stands before the handler. Nothing was answered then. */
  isRefused = false;
  readonly #onResult: (result: JSONRPCMessage) => void;
  #isDelivered = false;
  #isPlain = true;

  constructor(
    options: PerRequestHTTPServerTransportOptions,
    onResult: (result: JSONRPCMessage) => void,
  ) {
    super(options);
    this.#onResult = onResult;
  }

  // What stands before the handler answers before this returns.
  override async handleMessage(
    ...given: Parameters<PerRequestHTTPServerTransport['handleMessage']>
  ): Promise<Response> {
    const answer = super.handleMessage(...given);
    this.#isDelivered = true;
    return answer;
  }

  override async send(message: JSONRPCMessage, options?: TransportSendOptions): Promise<void> {
    if (!this.#isDelivered) {
      this.isRefused = true;
      return;
    }
    if (this.#isPlain && 'result' in message) {
      this.#onResult(message);
      return;
    }
    this.#isPlain = false;
    await super.send(message, options);
  }
}

/** Whether it is a call whose headers say word for word what its body says. */
function isPlainCall(headers: IncomingHttpHeaders, message: unknown): message is JSONRPCRequest {
  const { 'mcp-protocol-version': version, 'mcp-method': method, 'mcp-name': name } = headers;
  if (version !== MODERN_REVISION || method !== 'tools/call' || typeof name !== 'string')
    return false;
  if (!isJSONRPCRequest(message) || message.method !== method) return false;
  const { name: named, _meta: meta } = message.params ?? {};
  return name === named && meta?.[PROTOCOL_VERSION_META_KEY] === version;
}

// The plain call of a tool, in either era, answered straight into Node's response. The SDK's handler makes a web
// request, a web response and two streams of each call, which costs more than serving it. Its own building blocks do the
// work here: they serve the message and check its result. Invariant: a request that is not plain in every respect, or is refused
// before its handler ran, is left to the SDK's handler, untouched, so every refusal and every other method is worded in one place.
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import {
  isJSONRPCRequest,
  PerRequestHTTPServerTransport,
  PROTOCOL_VERSION_META_KEY,
  SUPPORTED_PROTOCOL_VERSIONS,
  type AuthInfo,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type PerRequestHTTPServerTransportOptions,
  type ProtocolEra,
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
  if (!isJSONRPCRequest(message) || message.method !== 'tools/call') return false;
  const era = toEra(headers, message);
  if (!era) return false;
  let isAnswered = false;
  const exchange = new Exchange(toOptions(era, headers), (result) => {
    isAnswered = true;
    if (!response.writableEnded) sendJson(response, 200, result);
  });
  await factory.createForCall(era).connect(exchange);
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

/** A client of the earlier era that reads streams is answered by one, as it is used to. */
function toOptions(
  era: ProtocolEra,
  headers: IncomingHttpHeaders,
): PerRequestHTTPServerTransportOptions {
  const classification = era === 'modern' ? { era, revision: MODERN_REVISION } : { era };
  const forStreams = era === 'modern' ? 'auto' : 'sse';
  return { classification, responseMode: readsStreams(headers) ? forStreams : 'json' };
}

/**
 * One exchange. A result that nothing was sent before goes to `onResult`, and the exchange is not closed then: both it
 * and its server end with the request. Everything else becomes the SDK's web response.
 */
class Exchange extends PerRequestHTTPServerTransport {
  /** Refused by what stands before the handler. Nothing was answered then. */
  isRefused = false;
  readonly #onResult: (result: JSONRPCMessage) => void;
  #isDelivered = false;
  #isPlain: boolean;

  constructor(
    options: PerRequestHTTPServerTransportOptions,
    onResult: (result: JSONRPCMessage) => void,
  ) {
    super(options);
    this.#onResult = onResult;
    this.#isPlain = options.responseMode !== 'sse';
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

/** The era of a call; `null` where its headers do not say word for word what its body says, or ask for what no answer is. */
function toEra(
  headers: IncomingHttpHeaders,
  { method, params }: JSONRPCRequest,
): ProtocolEra | null {
  const { 'mcp-protocol-version': version, 'mcp-method': named, 'mcp-name': name } = headers;
  const claimed = params?._meta?.[PROTOCOL_VERSION_META_KEY];
  if (version === MODERN_REVISION) {
    const isSame = claimed === version && named === method && name === params?.['name'];
    return isSame && name !== undefined ? 'modern' : null;
  }
  const isKnown = typeof version !== 'string' || SUPPORTED_PROTOCOL_VERSIONS.includes(version);
  const takesJson = !readsStreams(headers) || headers.accept?.includes('application/json');
  return claimed === undefined && isKnown && takesJson ? 'legacy' : null;
}

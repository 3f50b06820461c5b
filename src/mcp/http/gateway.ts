// MCP over Streamable HTTP, both eras on `/mcp`, with health pages beside it. Invariants: no request is answered 429 or
// 503 for a tool call, and no answer is cut off by a shutdown within its grace: either ends the whole session of some
// clients.
import type { ServerResponse } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { Gate } from '../../auth/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import { MCP_PATH } from './address.ts';
import { createCallbackAnswer, type TakeCallback } from './callbacks.ts';
import { answer, toExchange, type Exchange } from './exchange.ts';
import { createChangeStreams } from './change-streams.ts';
import { createFileAnswer, FILES_PATH, isFilePath } from './files.ts';
import { shareReadiness, type Readiness } from './health.ts';
import { listenForMcp } from './listen.ts';
import { createMessageAnswer } from './messages.ts';
import { server as serverGroup, type ListeningOptions } from './options.ts';
import { createRoutes } from './routes.ts';
import { createRunning } from './running.ts';
import { ARRIVAL_LIMITS, limitBody, limitStalling, type ArrivalLimits } from './slow.ts';
import type { ServerFactory } from '../server.ts';

/** What `startHttpGateway` takes; the options of the `server` group have its defaults. */
export interface HttpGatewayOptions extends Partial<ListeningOptions> {
  readonly factory: ServerFactory;
  /** Read for `/readyz`; a rejection counts as not ready. */
  readonly readiness: () => Promise<Readiness>;
  /** How long what is sent may take. Default: `ARRIVAL_LIMITS`. */
  readonly arrival?: Partial<ArrivalLimits>;
  /** Who may call; without it every caller may, and is the principal that the factory was made with. Default: none. */
  readonly gate?: Gate | null;
  /** Hands a callback of an upstream over to its task. Default: there are none. */
  readonly takeCallback?: TakeCallback | null;
  /** Sees every message that has arrived, and the response that will answer it. Default: none does. */
  readonly observe?: ((message: unknown, response: ServerResponse) => void) | null;
}

export interface HttpGateway extends AsyncDisposable {
  /** Of the MCP endpoint. */
  readonly url: string;
  /** Scheme, host and port. */
  readonly origin: string;
  /** Stops accepting, lets running calls answer for at most `graceMs`, then closes every connection. */
  close(graceMs: number): Promise<void>;
}

/** @throws {Error} with one sentence when the address cannot be used */
export async function startHttpGateway(options: HttpGatewayOptions): Promise<HttpGateway> {
  const { factory, gate = null, takeCallback = null } = options;
  const arrival = { ...ARRIVAL_LIMITS, ...options.arrival };
  const listening: ListeningOptions = { ...serverGroup.parse({}), ...options };
  const { log, files, watchTools } = factory;
  const handler = createMcpHandler(factory.create, {
    maxRequestBodySize: listening.maxBodyBytes,
    onerror: (error) => {
      log.debug('http', { error: error.message });
    },
  });
  watchTools?.(() => {
    handler.notify.toolsChanged();
    handler.notify.promptsChanged();
    handler.notify.resourcesChanged();
  });
  const running = createRunning();
  /** Reports a request that was answered before a face saw it. */
  const report = (exchange: Exchange) => {
    factory.onRefusal(toWhat(exchange), String(exchange.response.statusCode));
  };
  const readiness = shareReadiness(options.readiness);
  const answerMessage = createMessageAnswer(factory, handler);
  const answerFile = files && createFileAnswer({ ...factory, files });
  const routes = createRoutes({
    ...listening,
    findOperation: factory.operationOf,
    observe: ({ message, response }) => options.observe?.(message, response),
    readiness: async () => {
      const known = await readiness();
      return { ...known, ready: known.ready && !running.isClosing };
    },
    answerMessage: async (exchange) => {
      if (hasEnd(exchange.message)) running.add(exchange.response);
      await answerMessage(exchange);
    },
    answerCallback: takeCallback && createCallbackAnswer(takeCallback),
    openStream: watchTools && createChangeStreams(watchTools),
    answerFile:
      answerFile &&
      (async (exchange) => {
        running.add(exchange.response);
        await answerFile(exchange);
        if (exchange.response.statusCode >= 400) report(exchange);
      }),
  });
  const listener = await listenForMcp({ ...listening, arrival, log }, async (request, response) => {
    if (running.isClosing) response.setHeader('connection', 'close');
    const exchange = toExchange(request, response, gate);
    if (isFilePath(exchange.path)) limitStalling(request, arrival.stalledMs);
    else limitBody(request, response, arrival.messageMs);
    const refusal = await answer(routes, exchange);
    if (refusal) report(exchange);
  });

  const close = async (graceMs: number): Promise<void> => {
    const closed = new Promise((resolve) => listener.server.close(resolve));
    await running.close(factory.drain(), graceMs);
    await handler.close();
    listener.server.closeAllConnections();
    await closed;
  };
  return {
    url: `${listener.origin}${MCP_PATH}`,
    origin: listener.origin,
    close,
    [Symbol.asyncDispose]: () => close(1000),
  };
}

/** Subscriptions stay open for good: a gateway that closes does not wait for their end. */
function hasEnd(message: unknown): boolean {
  return isJsonObject(message) && message['method'] !== 'subscriptions/listen';
}

/** What a request was about: files, the tool that its message calls, or the method of the message. */
function toWhat({ path, message }: Exchange): string {
  if (isFilePath(path)) return FILES_PATH;
  const { method, params } = isJsonObject(message) ? message : {};
  const name = method === 'tools/call' && isJsonObject(params) ? params['name'] : method;
  return typeof name === 'string' ? name : '';
}

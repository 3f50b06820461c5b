// Requests over HTTP that get no answer: the stream of the answer ended before it, or the answer was to another request. The SDK waits
// on then, for ever where it has no time limit. Invariant: each request ends with an answer, with a failure, or with an error of ours.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { JSONRPCMessage, RequestId, Transport } from '@modelcontextprotocol/client';

/** The code of our own answer in place of one that never comes. */
export const UNANSWERED = -32_018;

interface Exchange {
  isStream: boolean;
}

const exchanges = new AsyncLocalStorage<Exchange>();

/** The same `fetch`, noting which answers are streams: of any other, all has come when its request was sent. */
export function noteStreams(given: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await given(input, init);
    const exchange = exchanges.getStore();
    const type = response.headers.get('content-type') ?? '';
    if (exchange) exchange.isStream = type.startsWith('text/event-stream');
    return response;
  };
}

/** Ends requests that get no answer; to be called once a client has the transport. */
export function endUnanswered(transport: Transport): void {
  const waiting = new Set<RequestId>();
  const deliver: Transport['onmessage'] = transport.onmessage?.bind(transport);
  const send = transport.send.bind(transport);
  transport.onmessage = (message, extra) => {
    const id = toAnswered(message);
    if (id !== undefined) waiting.delete(id);
    deliver?.(message, extra);
  };
  transport.send = async (message, options) => {
    if (!('id' in message && 'method' in message)) return send(message, options);
    const { id } = message;
    const end = (): void => {
      if (!waiting.delete(id)) return;
      const error = { code: UNANSWERED, message: 'its answer ended before the result' };
      deliver?.({ jsonrpc: '2.0', id, error });
    };
    waiting.add(id);
    const exchange: Exchange = { isStream: false };
    const onRequestStreamEnd = (): void => {
      options?.onRequestStreamEnd?.();
      end();
    };
    try {
      await exchanges.run(exchange, async () => send(message, { ...options, onRequestStreamEnd }));
    } catch (error) {
      waiting.delete(id);
      throw error;
    }
    if (!exchange.isStream) end();
  };
}

function toAnswered(message: JSONRPCMessage): RequestId | undefined {
  return 'id' in message && !('method' in message) ? message.id : undefined;
}

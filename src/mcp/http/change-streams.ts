// The streams on which clients of the older era hear that the list of tools has changed. There are no sessions, so nothing else is sent on
// them; clients of the newer era subscribe. A client that is one too many is answered as if there were no streams, which all can take.
import type { ServerResponse } from 'node:http';
import { sendNotAllowed } from './address.ts';
import type { Exchange, Route } from './exchange.ts';

/** Streams at once. */
const MOST = 1_024;
/** How often a stream says that it is there, in milliseconds: proxies close what is silent for a minute. */
const ALIVE_MS = 15_000;

const CHANGED = ['tools', 'prompts', 'resources']
  .map((list) => JSON.stringify({ jsonrpc: '2.0', method: `notifications/${list}/list_changed` }))
  .map((message) => `event: message\ndata: ${message}\n\n`)
  .join('');

/** Whether a client opens such a stream. */
export function opensStream({ request }: Exchange): boolean {
  const { accept = '' } = request.headers;
  return request.method === 'GET' && accept.includes('text/event-stream');
}

/** @param watch calls back when the list has changed */
export function createChangeStreams(watch: (listener: () => void) => void): Route['answer'] {
  const open = new Set<ServerResponse>();
  watch(() => {
    for (const response of open) response.write(CHANGED);
  });
  return (exchange) => {
    if (open.size >= MOST) {
      sendNotAllowed(exchange);
      return;
    }
    const { response } = exchange;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.flushHeaders();
    open.add(response);
    const alive = setInterval(() => response.write(': alive\n\n'), ALIVE_MS);
    response.once('close', () => {
      clearInterval(alive);
      open.delete(response);
    });
  };
}

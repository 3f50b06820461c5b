// Requests that take long to arrive. A connection costs memory and a place among those that are let in, so
// what is sent has to be sent soon. Invariant: no limit here counts while a whole request waits for its answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendRefusal } from './send.ts';

/** How long nothing of a file may move, in milliseconds, in either direction. */
const STALLED_MS = 60_000;

/** Ends a request whose body is not whole in time. */
export function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  limitMs: number,
): void {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined && (length === undefined || length === '0')) return;
  const timer = setTimeout(() => {
    if (response.headersSent) {
      request.destroy();
      return;
    }
    const message = `the request did not arrive within ${limitMs / 1000} s`;
    sendRefusal(response, { status: 408, message, headers: { connection: 'close' } });
  }, limitMs);
  const stop = () => {
    clearTimeout(timer);
  };
  request.once('end', stop).once('close', stop);
}

/** Ends a transfer that stands still. */
export function limitStalling({ socket }: IncomingMessage): void {
  socket.setTimeout(STALLED_MS);
}

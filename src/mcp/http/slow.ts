// Requests that take long to arrive. A connection costs memory and a place among those that are let in, so
// what is sent has to be sent soon. Invariant: no limit here counts while a whole request waits for its answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sendRefusal } from './send.ts';

/** How long what is sent may take, in milliseconds. */
export interface ArrivalLimits {
  /** The headers of any request. */
  readonly headersMs: number;
  /** A message, whole. */
  readonly messageMs: number;
  /** A file, whole: a large one over a slow line. */
  readonly fileMs: number;
  /** How long nothing of a file may move, in either direction. */
  readonly stalledMs: number;
  /** How often headers and files are checked. */
  readonly checkMs: number;
}

export const ARRIVAL_LIMITS: ArrivalLimits = {
  headersMs: 30_000,
  messageMs: 30_000,
  fileMs: 3_600_000,
  stalledMs: 60_000,
  checkMs: 5_000,
};

export function limitBody(
  request: IncomingMessage,
  response: ServerResponse,
  limitMs: number,
): void {
  const { 'content-length': length, 'transfer-encoding': coding } = request.headers;
  if (coding === undefined && (length === undefined || length === '0')) return;
  const refuse = () => {
    if (response.headersSent) {
      request.destroy();
      return;
    }
    const message = `the request did not arrive within ${limitMs / 1000} s`;
    sendRefusal(response, { status: 408, message, headers: { connection: 'close' } });
  };
  // Most bodies come with their headers, and need no timer.
  setImmediate(() => {
    if (request.complete || request.destroyed) return;
    const timer = setTimeout(refuse, limitMs);
    const stop = () => {
      clearTimeout(timer);
    };
    request.once('end', stop).once('close', stop);
  });
}

export function limitStalling({ socket }: IncomingMessage, limitMs: number): void {
  socket.setTimeout(limitMs);
}

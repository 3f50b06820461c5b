// One HTTP exchange on the wire, through undici. Times come from the attempt's signal, which destroys the socket; the
// client itself limits only the connecting.
import type { LookupFunction } from 'node:net';
import type { Readable } from 'node:stream';
import { Agent, request, type Dispatcher } from 'undici';

export interface FileBody {
  readonly size: number;
  /** A stream of its own for every request that sends it. */
  readonly open: () => Readable;
}

export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | FileBody | null;
}

/** The head of an answer, and its body still to be read. */
export type HttpAnswer = Pick<Dispatcher.ResponseData, 'statusCode' | 'headers' | 'body'>;

export interface ReadBody {
  readonly bytes: Buffer;
  /** Whether the body ended within the limit. */
  readonly complete: boolean;
}

const LIMITS = { connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 0, allowH2: false };

/** The clients that the requests of a process share. */
export interface HttpClients extends AsyncDisposable {
  /** Keeps connections for the next request. */
  readonly reused: Dispatcher;
  /**
   * Makes a connection for each request. A server may close an idle connection at the very moment when a request is written to
   * it, and no one can tell whether the request was processed: what must not be repeated goes over this one.
   */
  readonly fresh: Dispatcher;
}

/** Creates the clients; they connect with the first request. */
export function createHttpClients(): HttpClients {
  const reused = new Agent(LIMITS);
  const fresh = new Agent({ ...LIMITS, pipelining: 0 });
  return {
    reused,
    fresh,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([reused.destroy(), fresh.destroy()]);
    },
  };
}

/** A client that asks `lookup` for the addresses of every connection, and makes one for each request. */
export function createLookupClient(lookup: LookupFunction): Dispatcher {
  return new Agent({ ...LIMITS, pipelining: 0, connect: { ...LIMITS.connect, lookup } });
}

export interface Sending {
  readonly signal: AbortSignal;
  readonly client: Dispatcher;
}

/** Sends a request; rejects with undici's error, or with the signal's reason. */
export async function send(
  { method, url, headers, body }: HttpRequest,
  { signal, client }: Sending,
): Promise<HttpAnswer> {
  return request(url, {
    method,
    headers:
      typeof body === 'object' && body
        ? { ...headers, 'content-length': String(body.size) }
        : headers,
    body: typeof body === 'object' && body ? body.open() : body,
    signal,
    dispatcher: client,
  });
}

/**
 * Sends what may be repeated over a connection that is kept, and over one of its own where the server had closed that one: at this very
 * moment, or while this process slept.
 */
export async function sendRepeatable(
  request: HttpRequest,
  { reused, fresh }: Pick<HttpClients, 'reused' | 'fresh'>,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  try {
    return await send(request, { signal, client: reused });
  } catch (thrown) {
    if (signal.aborted || !wasClosed(thrown)) throw thrown;
    return send(request, { signal, client: fresh });
  }
}

interface SocketFailure {
  readonly code?: unknown;
  readonly socket?: { readonly bytesRead?: number } | null;
}

/** Whether a connection broke over which an answer had come before, as far as the error tells. */
function wasClosed(thrown: unknown): boolean {
  const { code, socket } = (thrown ?? {}) as SocketFailure;
  if (code === 'UND_ERR_SOCKET') return Number(socket?.bytesRead) > 0;
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** Reads at most `limit` bytes of a body, and closes the connection where there is more. */
export async function readBody(body: AsyncIterable<Uint8Array>, limit: number): Promise<ReadBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) return { bytes: Buffer.concat(chunks).subarray(0, limit), complete: false };
  }
  return { bytes: Buffer.concat(chunks), complete: true };
}

/** The value of a header; several of one name are joined as one list. */
export function headerOf(headers: HttpAnswer['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

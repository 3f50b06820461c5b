// The body of a request, read once and bounded. It is parsed here rather than in the SDK, so that what is too large,
// too deep or no JSON at all is answered before a server is made for it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isDeeperThan, MAX_DEPTH } from '../../contract/depth.ts';
import { parseJson } from '../../contract/exact-number.ts';
import { hasBrokenNames } from '../broken-text.ts';
import { withoutEmptyParams } from '../empty-params.ts';

/** How much of a body that is too large is swallowed, as a multiple of the limit, so that the client reads the answer. */
const SWALLOWED = 8;

/** A message, or the JSON-RPC error that its sender gets. */
export type Body =
  | { readonly message: unknown }
  | { readonly status: number; readonly code: number; readonly reason: string };

const TOO_DEEP: Body = {
  status: 400,
  code: -32600,
  reason: `the request body is nested deeper than ${MAX_DEPTH} levels`,
};

const NOT_UNICODE: Body = {
  status: 400,
  code: -32700,
  reason: 'the request body is no Unicode text: bytes that are not UTF-8, or half a surrogate pair',
};

/** Reads and parses a body of at most `maxBytes`. Rejects when the connection breaks. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  const bytes = await readBytes(request, maxBytes);
  if (bytes === null) {
    return {
      status: 413,
      code: -32600,
      reason: `the request body is larger than ${maxBytes} bytes`,
    };
  }
  if (!isUtf8(bytes)) return NOT_UNICODE;
  let message: unknown;
  try {
    message = parseJson(bytes.toString());
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    return { status: 400, code: -32700, reason: 'the request body is not valid JSON' };
  }
  if (isDeeperThan(message, MAX_DEPTH)) return TOO_DEEP;
  return hasBrokenNames(message) ? NOT_UNICODE : { message: withoutEmptyParams(message) };
}

/** The bytes of a body; `null` when it has more than `maxBytes`. */
async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer): void => {
      bytes += chunk.byteLength;
      if (bytes <= maxBytes) chunks.push(chunk);
      else if (bytes > maxBytes * SWALLOWED) {
        request.off('data', take).pause();
        resolve(null);
      }
    };
    request.on('data', take);
    request.on('end', () => {
      resolve(bytes > maxBytes ? null : Buffer.concat(chunks));
    });
    request.on('error', reject);
  });
}

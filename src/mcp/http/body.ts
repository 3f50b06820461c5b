// The body of a request, read once and bounded. It is parsed here rather than in the SDK, so that what is too large,
// too deep or no JSON at all is answered before a server is made for it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { isDeeperThan, MAX_DEPTH } from '../../contract/json/depth.ts';
import { parseJson } from '../../contract/json/exact-number.ts';
import { hasBrokenNames } from '../broken-text.ts';
import { readRequest } from '../../http/server.ts';
import { withoutEmptyParams } from '../empty-params.ts';
import type { McpRefusal } from './send.ts';

const TOO_DEEP: McpRefusal = {
  status: 400,
  code: -32600,
  message: `the request body is nested deeper than ${MAX_DEPTH} levels`,
};

const NOT_UNICODE: McpRefusal = {
  status: 400,
  code: -32700,
  message:
    'the request body is no Unicode text: bytes that are not UTF-8, or half a surrogate pair',
};

/** Reads and parses a body of at most `maxBytes`. Rejects when the connection breaks. */
export async function readMessage(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ readonly message: unknown } | McpRefusal> {
  const bytes = await readRequest(request, maxBytes);
  if (bytes === null) {
    return {
      status: 413,
      code: -32600,
      message: `the request body is larger than ${maxBytes} bytes`,
      headers: { connection: 'close' },
    };
  }
  if (!isUtf8(bytes)) return NOT_UNICODE;
  const text = bytes.toString();
  let message: unknown;
  try {
    message = parseJson(text);
  } catch (error) {
    if (error instanceof RangeError) return TOO_DEEP;
    return { status: 400, code: -32700, message: 'the request body is not valid JSON' };
  }
  if (isDeeperThan(message, MAX_DEPTH, text.length)) return TOO_DEEP;
  // UTF-8 has no half of a pair: only an escape stands for one.
  const isBroken = text.includes('\\u') && hasBrokenNames(message);
  return isBroken ? NOT_UNICODE : { message: withoutEmptyParams(message) };
}

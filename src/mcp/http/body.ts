// The body of a request, read once and bounded. It is parsed here rather than in the SDK, so that what is too large,
// too deep or no JSON at all is answered before a server is made for it.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { MAX_DEPTH } from '../../contract/json/depth.ts';
import { readRequest } from '../../http/server.ts';
import { withoutEmptyParams } from '../empty-params.ts';
import { parseMessage, type MessageProblem } from '../parse-message.ts';
import type { McpRefusal } from './send.ts';

const REFUSALS: Readonly<Record<MessageProblem, McpRefusal>> = {
  'not JSON': { status: 400, code: -32700, message: 'the request body is not valid JSON' },
  'nested too deeply': {
    status: 400,
    code: -32600,
    message: `the request body is nested deeper than ${MAX_DEPTH} levels`,
  },
  'not Unicode': {
    status: 400,
    code: -32700,
    message:
      'the request body is no Unicode text: bytes that are not UTF-8, or half a surrogate pair',
  },
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
  if (!isUtf8(bytes)) return REFUSALS['not Unicode'];
  const { message, problem } = parseMessage(bytes.toString());
  return problem ? REFUSALS[problem] : { message: withoutEmptyParams(message) };
}

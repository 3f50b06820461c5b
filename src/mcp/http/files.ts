// Files over plain HTTP: POST /files stores one, GET /files/<name> reads it, whole or a range of it, both as streams. The
// same bearer and the same scopes hold as for MCP. Invariants: no byte is sent that was not checked, so a file that was
// damaged breaks off instead of ending; a browser never renders what somebody stored.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { READ, WRITE, type Gate } from '../../auth/index.ts';
import { ERRORS } from '../../contract/errors.ts';
import { toFileUri, type FileRange, type Files } from '../../contract/file.ts';
import type { OperationLog } from '../../operations/context.ts';
import { toRefusal } from '../refusal.ts';
import { toErrorAnswer } from '../../tasks/error-answer.ts';
import { authenticate, authorizeScopes } from './authorization.ts';
import { parseRange } from './range.ts';
import { sendJson } from './send.ts';

/** What the endpoint is made from. */
export interface FileEndpointOptions {
  readonly files: Files;
  readonly gate: Gate | null;
  /** On whose behalf where nobody authenticates. */
  readonly principal: string | null;
  readonly log: Pick<OperationLog, 'error'>;
}

/** The path of the endpoint. */
export const FILES_PATH = '/files';

/** Transfers of one principal at a time: each holds a piece or two in memory. */
const TRANSFERS = 8;

/** How much of an upload that is refused is swallowed, in bytes, so that the client reads the answer. */
const SWALLOWED_BYTES = 64 * 1024 * 1024;

/** Answers a request to a path that is `/files` or below it. */
export type FileEndpoint = (
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void>;

/** Creates the endpoint. */
export function createFileEndpoint({
  files,
  gate,
  principal,
  log,
}: FileEndpointOptions): FileEndpoint {
  const transfers = new Map<string, number>();

  const admit = async (request: IncomingMessage, response: ServerResponse, scope: string) => {
    if (!gate) return principal;
    const identity = await authenticate(gate, request, response);
    if (!identity || !authorizeScopes(gate, identity, [scope], response)) return null;
    return identity.principal;
  };

  return async (path, request, response) => {
    // No page of another site may load a file as a picture or a script.
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    const name = path.slice(FILES_PATH.length + 1);
    const method = request.method ?? '';
    const allowed = name === '' ? ['POST'] : ['GET', 'HEAD'];
    if (!allowed.includes(method)) {
      response.setHeader('allow', allowed.join(', '));
      sendJson(response, 405, { error: { message: `${path} takes ${allowed.join(' and ')}` } });
      return;
    }
    const caller = await admit(request, response, name === '' ? WRITE : READ);
    if (caller === null) return;
    const running = transfers.get(caller) ?? 0;
    if (running >= TRANSFERS) {
      response.setHeader('retry-after', '1');
      refuse(request, response, 429, { message: `at most ${TRANSFERS} transfers at a time` });
      return;
    }
    transfers.set(caller, running + 1);
    try {
      await (name === ''
        ? upload(files, caller, request, response)
        : download(files, caller, name, request, response));
    } catch (thrown) {
      if (response.headersSent || response.destroyed) {
        response.destroy();
        return;
      }
      const error = toRefusal(thrown, FILES_PATH, log);
      const { retry_after_ms: waitMs } = toErrorAnswer(error);
      if (waitMs !== undefined) response.setHeader('retry-after', Math.ceil(waitMs / 1000));
      refuse(request, response, ERRORS[error.code].seen.http, toErrorAnswer(error));
    } finally {
      const left = (transfers.get(caller) ?? 1) - 1;
      if (left > 0) transfers.set(caller, left);
      else transfers.delete(caller);
    }
  };
}

async function upload(
  files: Files,
  principal: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > files.maxBytes) {
    const message = `the file has ${announced} bytes; at most ${files.maxBytes} are kept (storage.maxFileBytes)`;
    refuse(request, response, 413, { code: 'RESULT_TOO_LARGE', message });
    return;
  }
  // Kept open when the loop ends early, or a client that still sends would never see why.
  const content = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>;
  const type = toMediaType(request.headers['content-type']);
  const reference = await files.write(principal, content, type, 'request');
  response.setHeader('location', `${FILES_PATH}/${nameOf(reference.uri)}`);
  sendJson(response, 201, reference);
}

async function download(
  files: Files,
  principal: string,
  name: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const file = await files.find(principal, toFileUri(name));
  const { size, mimeType, sha256 } = file.reference;
  const range = parseRange(request.headers.range, size);
  response.setHeader('accept-ranges', 'bytes');
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${size}`);
    refuse(request, response, 416, { message: `the file has ${size} bytes` });
    return;
  }
  const part: FileRange = range ?? { offset: 0, length: size };
  const pieces = file.read(part)[Symbol.asyncIterator]();
  // What is wrong with the first piece can still be told.
  const first = request.method === 'HEAD' ? null : await pieces.next();
  response.writeHead(range ? 206 : 200, {
    'content-type': mimeType,
    'content-length': part.length,
    ...(range && {
      'content-range': `bytes ${part.offset}-${part.offset + part.length - 1}/${size}`,
    }),
    etag: `"${name}"`,
    'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:`,
    'cache-control': 'private, no-cache',
    'content-disposition': 'attachment',
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
  });
  await pipeline(Readable.from(goOn(first, pieces), { objectMode: true }), response);
}

async function* goOn(
  first: IteratorResult<Uint8Array> | null,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; next && !next.done; next = await pieces.next()) yield next.value;
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  error: object,
): void {
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > SWALLOWED_BYTES) request.destroy();
  });
  sendJson(response, status, { error });
}

function nameOf(uri: string): string {
  return uri.slice(toFileUri('').length);
}

/** The media type as it was sent, when it is one. */
function toMediaType(header: string | undefined): string {
  const type = header?.trim() ?? '';
  return /^[\w.+-]+\/[\w.+-]+(\s*;[\x20-\x7e]*)?$/.test(type) && type.length <= 200
    ? type
    : 'application/octet-stream';
}

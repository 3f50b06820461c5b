// Files over plain HTTP: POST /files stores one, GET /files/<name> reads it, whole or a range of it, both as streams. The
// same bearer and the same scopes hold as for MCP. Invariants: no byte is sent that was not checked, so a file that was
// damaged breaks off instead of ending; a browser never renders what a caller stored.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { READ, WRITE } from '../../auth/index.ts';
import { ERRORS } from '../../contract/errors.ts';
import { toFileUri, type FileRange, type Files } from '../../contract/file.ts';
import { sendJson } from '../../http/server.ts';
import type { OperationLog } from '../../operations/context.ts';
import { toRefusal } from '../refusal.ts';
import { toErrorAnswer } from '../../tasks/error-answer.ts';
import type { Exchange } from './exchange.ts';
import { parseRange } from './range.ts';

export interface FileEndpointOptions {
  readonly files: Files;
  /** On whose behalf where callers do not authenticate. */
  readonly principal: string | null;
  readonly log: Pick<OperationLog, 'error'>;
}

export const FILES_PATH = '/files';

/** Transfers of one principal at a time: each holds a piece or two in memory. */
const TRANSFERS = 8;

/** How much of an upload that is refused is swallowed, in bytes, so that the client reads the answer. */
const SWALLOWED_BYTES = 64 * 1024 * 1024;

export function isFilePath(path: string): boolean {
  return path === FILES_PATH || path.startsWith(`${FILES_PATH}/`);
}

export function takesMethod({ path, request }: Exchange): boolean {
  return toMethods(path).includes(request.method ?? '');
}

function toMethods(path: string): readonly string[] {
  return path === FILES_PATH ? ['POST'] : ['GET', 'HEAD'];
}

export function toFileScope(path: string): string {
  return path === FILES_PATH ? WRITE : READ;
}

export function sendMethodsOfFiles({ path, response }: Exchange): void {
  const methods = toMethods(path);
  response.setHeader('allow', methods.join(', '));
  sendJson(response, 405, { error: { message: `${path} takes ${methods.join(' and ')}` } });
}

export function createFileAnswer(
  options: FileEndpointOptions,
): (exchange: Exchange) => Promise<void> {
  const { files, principal, log } = options;
  const transfers = new Map<string, number>();

  return async ({ path, request, response, identity }) => {
    // No page of another site may load a file as a picture or a script.
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    const caller = identity?.principal ?? principal;
    if (caller === null) throw new TypeError('a file needs a principal');
    const running = transfers.get(caller) ?? 0;
    if (running >= TRANSFERS) {
      response.setHeader('retry-after', '1');
      refuse(request, response, 429, { message: `at most ${TRANSFERS} transfers at a time` });
      return;
    }
    transfers.set(caller, running + 1);
    try {
      await (path === FILES_PATH
        ? upload(files, caller, request, response)
        : download(files, caller, path.slice(FILES_PATH.length + 1), request, response));
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
  response.setHeader('location', `${FILES_PATH}/${reference.uri.slice(toFileUri('').length)}`);
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
  // What is wrong with the first piece can still be reported.
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

/** The media type as it was sent, when it is one. */
function toMediaType(header: string | undefined): string {
  const type = header?.trim() ?? '';
  return /^[\w.+-]+\/[\w.+-]+(\s*;[\x20-\x7e]*)?$/.test(type) && type.length <= 200
    ? type
    : 'application/octet-stream';
}

// Bodies that come packed though no request asked for it, as some proxies send them. Invariant: nothing is unpacked ahead of its reader,
// so what limits the reading limits the unpacking, too.
import { pipeline, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { headerOf, type HttpAnswer } from './client.ts';

export interface ReadableAnswer extends Pick<HttpAnswer, 'statusCode' | 'headers'> {
  readonly body: AsyncIterable<Buffer>;
}

const UNPACKERS: ReadonlyMap<string, () => Transform> = new Map([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** The answer as it was before it was packed; one that is packed in an unknown way stays as it is. */
export function unpack(method: string, answer: HttpAnswer): ReadableAnswer {
  const encoding = headerOf(answer.headers, 'content-encoding')?.trim().toLowerCase();
  const create = method === 'HEAD' ? undefined : UNPACKERS.get(encoding ?? '');
  if (create === undefined) return answer;
  const { statusCode, body } = answer;
  const headers = { ...answer.headers };
  delete headers['content-encoding'];
  delete headers['content-length'];
  // What breaks reaches the reader as the error of the stream that it reads.
  return { statusCode, headers, body: pipeline(body, create(), () => undefined) };
}

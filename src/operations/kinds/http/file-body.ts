// Bodies as files: what is sent from one, and what of an answer becomes one. Both go through as streams. Invariant: a
// stored body holds no secret that was sent, since what is stored is stored as it came.
import { Readable } from 'node:stream';
import { OperationError } from '../../../contract/errors.ts';
import { isFileReference, parseFileUri, type StoredFile } from '../../../contract/file.ts';
import type { Json } from '../../../contract/json.ts';
import type { FileBody } from '../../../http/client.ts';
import { resolvePath } from '../../../contract/json/pointer.ts';
import { refuseField } from '../template/render.ts';
import { formsOf } from '../template/secret-forms.ts';
import { parseTemplate } from '../template/template.ts';

export function toFileBody({ reference: { size }, read }: StoredFile): FileBody {
  return { size, open: () => Readable.from(read()) };
}

/**
 * Reads the name of the parameter that names a file: `{document}`.
 *
 * @throws {TypeError} when it is anything else
 */
export function parseFileField(source: string): readonly string[] {
  const [only, ...others] = parseTemplate(source);
  if (only?.kind === 'field' && others.length === 0) return only.path;
  throw new TypeError(`file: expected one parameter, such as {document}, got ${source}`);
}

/**
 * The URI of the file that a parameter names, by itself or as a reference; `null` when it is absent.
 *
 * @throws {OperationError} INVALID_PARAMETERS, when it names none
 */
export function takeFileUri(fields: Json, path: readonly string[]): string | null {
  const value = resolvePath(fields, path) ?? null;
  if (value === null) return null;
  const uri = isFileReference(value) ? value.uri : value;
  if (typeof uri === 'string' && parseFileUri(uri) !== null) return uri;
  throw refuseField(path, 'must name a file, such as longhaul://files/… of 64 hexadecimal digits');
}

/**
 * Passes a body on, unless it holds one of these secrets.
 *
 * The stream fails with `UPSTREAM_REJECTED` where it does.
 */
export async function* withoutSecrets(
  content: AsyncIterable<Uint8Array>,
  secrets: Iterable<string>,
  where: string,
): AsyncGenerator<Uint8Array> {
  const needles = [...secrets].flatMap(formsOf).map((form) => Buffer.from(form));
  const overlap = Math.max(0, ...needles.map(({ length }) => length - 1));
  const check = (bytes: Buffer): void => {
    if (!needles.some((needle) => bytes.includes(needle))) return;
    throw new OperationError(
      'UPSTREAM_REJECTED',
      `${where}, but its body holds a secret, and a file is stored as it is`,
    );
  };
  let tail = Buffer.alloc(0);
  for await (const chunk of content) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const border = Buffer.concat([tail, bytes.subarray(0, overlap)]);
    check(border);
    check(bytes);
    const last = bytes.length < overlap ? border : bytes;
    tail = Buffer.from(last.subarray(Math.max(0, last.length - overlap)));
    yield chunk;
  }
}

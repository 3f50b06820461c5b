// The content of a declared request, written as its media type asks for: JSON, a form, parts, or text. The header
// content-type says which; without one it is JSON.
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { StoredFile } from '../../../contract/file.ts';
import { isJsonObject, toJsonText, type Json, type JsonObject } from '../../../contract/json.ts';
import type { FileBody } from '../../../http/client.ts';
import { parseFileField, takeFileUri } from './file-body.ts';
import { parseJsonTemplate } from '../template/json-template.ts';
import type { Values } from '../template/render.ts';
import type { Template } from '../template/template.ts';

/** A part of a multipart body: text, or the file of that URI. */
export type Part =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly file: string };

/** Content that can be sent, without the bytes of its files. */
export type Content = string | { readonly parts: readonly Part[] };

export interface ContentTemplate {
  /** Every template in it. */
  readonly templates: readonly Template[];
  /** Paths of the parameters that name files. */
  readonly files: readonly (readonly string[])[];
  /** `undefined` when it needs an absent field. */
  render(values: Values): Content | undefined;
}

/**
 * @param contentType as declared; JSON where there is none
 * @throws {TypeError} when a body of that type cannot be written so
 */
export function parseContent(body: Json, contentType = 'application/json'): ContentTemplate {
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'multipart/form-data') return parseParts(toFields(body, type));
  const write = toWriter(body, type);
  const { templates, render } = parseJsonTemplate(body);
  return {
    templates,
    files: [],
    render: (values) => {
      const value = render(values);
      return value === undefined ? undefined : write(value);
    },
  };
}

function toWriter(body: Json, type: string): (value: Json) => string {
  if (/[/+]json$|[/+]x-[\w.-]*json[\w.-]*$/.test(type)) return (value) => JSON.stringify(value);
  if (type === 'application/x-www-form-urlencoded') {
    toFields(body, type);
    return (value) => toForm(value as JsonObject);
  }
  if (typeof body === 'string') return toJsonText;
  throw new TypeError(
    `a body of ${type} is a text; an object is written as JSON, application/x-www-form-urlencoded or ` +
      'multipart/form-data',
  );
}

function toFields(body: Json, type: string): JsonObject {
  if (isJsonObject(body)) return body;
  throw new TypeError(`a body of ${type} is an object: the names of its fields and their values`);
}

/** As OpenAPI does by default: a list repeats its name, and the fields of an object stand in brackets. */
function toForm(fields: JsonObject): string {
  const form = new URLSearchParams();
  const add = (name: string, value: Json): void => {
    if (Array.isArray(value)) {
      for (const item of value as readonly Json[]) add(name, item);
    } else if (isJsonObject(value)) {
      for (const [key, item] of Object.entries(value)) add(`${name}[${key}]`, item);
    } else form.append(name, toJsonText(value));
  };
  for (const [name, value] of Object.entries(fields)) add(name, value);
  return form.toString();
}

/** Parts are texts, JSON where a value has fields; `{ file: '{parameter}' }` is the file that a parameter names. */
function parseParts(fields: JsonObject): ContentTemplate {
  const parts = Object.entries(fields).map(([name, value]) => {
    const file = isJsonObject(value) && Object.keys(value).length === 1 ? value['file'] : undefined;
    return typeof file === 'string'
      ? { name, path: parseFileField(file) }
      : { name, ...parseJsonTemplate(value) };
  });
  return {
    templates: parts.flatMap((part) => ('path' in part ? [] : part.templates)),
    files: parts.flatMap((part) => ('path' in part ? [part.path] : [])),
    render: (values) => ({
      parts: parts.flatMap((part): Part[] => {
        if ('path' in part) {
          const file = takeFileUri(values.fields, part.path);
          return file === null ? [] : [{ name: part.name, file }];
        }
        const value = part.render(values);
        return value === undefined ? [] : [{ name: part.name, text: toJsonText(value) }];
      }),
    }),
  };
}

/** A multipart body (RFC 7578) as it is sent, and its media type with the boundary. */
export async function toMultipart(
  parts: readonly Part[],
  open: (uri: string) => Promise<StoredFile>,
): Promise<{ readonly body: FileBody; readonly type: string }> {
  const boundary = randomUUID();
  const pieces: (Buffer | StoredFile)[] = [];
  for (const part of parts) {
    const name = part.name.replaceAll(/["\r\n]/g, encodeURIComponent);
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="${name}"`;
    if ('text' in part) {
      pieces.push(Buffer.from(`${head}\r\n\r\n${part.text}\r\n`));
      continue;
    }
    const file = await open(part.file);
    const type = file.reference.mimeType;
    pieces.push(Buffer.from(`${head}; filename="${name}"\r\ncontent-type: ${type}\r\n\r\n`));
    pieces.push(file, Buffer.from('\r\n'));
  }
  pieces.push(Buffer.from(`--${boundary}--\r\n`));
  const size = pieces.reduce(
    (sum, piece) => sum + (Buffer.isBuffer(piece) ? piece.length : piece.reference.size),
    0,
  );
  async function* read(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) {
      if (Buffer.isBuffer(piece)) yield piece;
      else yield* piece.read();
    }
  }
  return {
    body: { size, open: () => Readable.from(read()) },
    type: `multipart/form-data; boundary=${boundary}`,
  };
}

// Where a value stands in an answer: a JSON Pointer (RFC 6901) into its body, or a runtime expression of OpenAPI links and
// Arazzo, of which these are known: $statusCode, $response.header.NAME and $response.body#/pointer.
import * as z from 'zod';
import type { Json } from '../../../contract/json.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import { headerOf } from '../../../http/client.ts';
import type { Exchanged } from './exchange.ts';

const POINTER = String.raw`(?:\/(?:[^~/]|~[01])*)*`;
const HEADER = /^\$response\.header\.([!#$%&'*+.^_\x60|~0-9A-Za-z-]+)$/;
const BODY = '$response.body#';
const SOURCE = new RegExp(
  String.raw`^(?:${POINTER}|\$statusCode|\$response\.body#${POINTER}|${HEADER.source.slice(1, -1)})$`,
);

/** A place in an answer. */
export const sourceSchema = z
  .string()
  .regex(
    SOURCE,
    'expected a JSON Pointer such as "/data/0/id" ("" for the whole body), "$statusCode" or "$response.header.Location"',
  );

/** The value at a place; `undefined` where the answer has none. Throws `unusable` where its body cannot be read. */
export function readSource(answer: Exchanged, source: string): Json | undefined {
  if (source === '$statusCode') return answer.status;
  const name = HEADER.exec(source)?.[1];
  if (name !== undefined) return headerOf(answer.headers, name.toLowerCase());
  return resolvePointer(answer.read(), toPointer(source));
}

/** Whether the place is one of the body. */
export function isOfBody(source: string): boolean {
  return source.startsWith(BODY) || !source.startsWith('$');
}

function toPointer(source: string): string {
  return source.startsWith(BODY) ? source.slice(BODY.length) : source;
}

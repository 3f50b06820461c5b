// The body of an answer as JSON: JSON as it is, text as a string, nothing as null. Anything else is refused with a
// sentence, since a task cannot carry it.
import { isDeeperThan, MAX_DEPTH } from '../../contract/depth.ts';
import { OperationError } from '../../contract/errors.ts';
import { parseJson } from '../../contract/exact-number.ts';
import type { Json } from '../../contract/json.ts';

/** Longest excerpt of an upstream's answer in an error, in bytes. */
const EXCERPT_BYTES = 1024;

/** What is known of a body. */
export interface BodyFacts {
  /** The header of that name, if there was one. */
  readonly contentType: string | undefined;
  /** The header `content-encoding`, if there was one. */
  readonly encoding: string | undefined;
  /** Method, URL and status, for messages. */
  readonly where: string;
}

/**
 * Reads a body.
 *
 * @throws {OperationError} UPSTREAM_REJECTED, when the body is neither JSON nor text, or not what it says it is
 */
export function parseAnswer(bytes: Buffer, { contentType, encoding, where }: BodyFacts): Json {
  if (bytes.length === 0) return null;
  checkEncoding(encoding, where);
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = /[/+]json$/.test(type);
  if (!isJson && type !== '' && !/^text\/|[/+]xml$/.test(type)) {
    throw refuse(where, `its body is ${type}, neither JSON nor text, and cannot be a result`);
  }
  const text = decode(bytes, contentType, where);
  if (type !== '' && !isJson) return text;
  let value: Json;
  try {
    value = parseJson(text) as Json;
  } catch (error) {
    if (error instanceof RangeError) throw refuseDepth(where);
    if (type === '') return text;
    throw refuse(where, `its body is called ${type} but is no JSON`);
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    throw refuseDepth(where);
  }
  return value;
}

/**
 * Checks that a body is not packed.
 *
 * @throws {OperationError} UPSTREAM_REJECTED, when it is
 */
export function checkEncoding(encoding: string | undefined, where: string): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw refuse(where, `its body is encoded as ${encoding}, which was not asked for`);
}

/** The beginning of a text, at most 1 KiB of UTF-8, cut between characters. */
export function toExcerpt(text: string): string {
  const bytes = Buffer.from(text.slice(0, EXCERPT_BYTES + 1));
  if (bytes.length <= EXCERPT_BYTES) return text;
  const kept = new TextDecoder().decode(bytes.subarray(0, EXCERPT_BYTES - 3), { stream: true });
  return `${kept}…`;
}

function decode(bytes: Buffer, contentType: string | undefined, where: string): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw refuse(where, `its body is not ${charset} text, and cannot be a result`);
  }
}

function refuseDepth(where: string): OperationError {
  return refuse(where, `its body is nested deeper than ${MAX_DEPTH} levels`);
}

function refuse(where: string, why: string): OperationError {
  return new OperationError('UPSTREAM_REJECTED', `${where}, but ${why}`);
}

// The body of an answer as JSON: JSON as it is, whatever the upstream calls it, text as a string, nothing as null. Anything
// else is refused with a sentence, since it cannot be stored with a task.
import { isDeeperThan, MAX_DEPTH } from '../../../contract/json/depth.ts';
import type { OperationError } from '../../../contract/errors.ts';
import { parseJson } from '../../../contract/json/exact-number.ts';
import type { Json } from '../../../contract/json.ts';

/** Longest excerpt of an upstream's answer in an error, in bytes. */
const EXCERPT_BYTES = 1024;

export interface BodyFacts {
  /** The header of that name, if there was one. */
  readonly contentType: string | undefined;
  /** The header `content-encoding`, if there was one. */
  readonly encoding: string | undefined;
  /** The error that says why the body cannot be used. */
  readonly refuse: (why: string) => OperationError;
}

/** Reads a body. Throws what `refuse` makes, when it is neither JSON nor text, or not what it says it is. */
export function parseAnswer(bytes: Buffer, facts: BodyFacts): Json {
  if (bytes.length === 0) return null;
  const { contentType, refuse } = facts;
  checkEncoding(facts);
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const isJson = /[/+]json$/.test(type);
  const isText = type === '' || /^text\/|[/+]xml$/.test(type);
  if (!isJson && !isText && !/^\s*[[{]/.test(bytes.toString('latin1', 0, 64))) {
    throw refuse(`its body is ${type}, neither JSON nor text, and cannot be a result`);
  }
  const text = decode(bytes, facts);
  if (isText && type !== '' && !/^\s*[[{]/.test(text)) return text;
  let value: Json;
  try {
    value = parseJson(text) as Json;
  } catch (error) {
    if (isText && (type !== '' || !(error instanceof RangeError))) return text;
    throw error instanceof RangeError
      ? refuseDepth(refuse)
      : refuse(`its body is called ${type} but is no JSON`);
  }
  if (isDeeperThan(value, MAX_DEPTH)) {
    if (isText && type !== '') return text;
    throw refuseDepth(refuse);
  }
  return value;
}

/** Checks that a body is not packed, in a way that could not be unpacked. Throws what `refuse` makes. */
export function checkEncoding({ encoding, refuse }: Omit<BodyFacts, 'contentType'>): void {
  if (encoding === undefined || encoding === 'identity') return;
  throw refuse(`its body is encoded as ${encoding}, which was not asked for`);
}

/** The beginning of a text, at most 1 KiB of UTF-8, cut between characters. */
export function toExcerpt(text: string): string {
  const bytes = Buffer.from(text.slice(0, EXCERPT_BYTES + 1));
  if (bytes.length <= EXCERPT_BYTES) return text;
  const kept = new TextDecoder().decode(bytes.subarray(0, EXCERPT_BYTES - 3), { stream: true });
  return `${kept}…`;
}

function decode(bytes: Buffer, { contentType, refuse }: BodyFacts): string {
  const charset = /;\s*charset="?([\w.:-]+)/i.exec(contentType ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    throw refuse(`its body is not ${charset} text, and cannot be a result`);
  }
}

function refuseDepth(refuse: BodyFacts['refuse']): OperationError {
  return refuse(`its body is nested deeper than ${MAX_DEPTH} levels`);
}

// Where a text stands in a result: keys and values by their JSON Pointer, lines of texts by their number.
import { isExactNumber, type ExactNumber } from '../../contract/json/exact-number.ts';
import { isJsonArray, isJsonObject, type Json } from '../../contract/json.ts';
import { toPointerStep } from '../../contract/json/pointer.ts';
import { cut } from '../../contract/text.ts';
import { toLines } from './lines.ts';

/** A place where the text was found. */
export interface Match {
  /** JSON Pointer from the root of the result. */
  readonly path: string;
  /** Of a text of several lines: which one, counted from 0. */
  readonly line?: number;
  readonly excerpt: string;
}

/** Characters shown before and behind what was found. */
const BEFORE = 60;
const BEHIND = 120;

/** Every place, in the order of the result; upper and lower case are the same. */
export function* findText(value: Json, text: string, path = ''): Generator<Match> {
  const pattern = new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'iu');
  yield* findIn(value, pattern, path);
}

function* findIn(value: Json, pattern: RegExp, path: string): Generator<Match> {
  if (isJsonArray(value) || isJsonObject(value)) {
    for (const [key, inner] of Object.entries(value) as readonly (readonly [string, Json])[]) {
      const place = path + toPointerStep(key);
      const found = isJsonObject(value) ? toExcerpt(key, pattern) : null;
      if (found !== null) yield { path: place, excerpt: found };
      yield* findIn(inner, pattern, place);
    }
    return;
  }
  const lines = typeof value === 'string' ? toLines(value) : [toText(value)];
  for (const [line, text] of lines.entries()) {
    const excerpt = toExcerpt(text, pattern);
    if (excerpt !== null) yield { path, ...(lines.length > 1 && { line }), excerpt };
  }
}

function toText(value: string | number | boolean | null | ExactNumber): string {
  return isExactNumber(value) ? value.rawJSON : String(value);
}

/** The place in its surroundings; `null` where it is not. */
function toExcerpt(text: string, pattern: RegExp): string | null {
  const found = pattern.exec(text);
  if (!found) return null;
  const from = Math.max(0, found.index - BEFORE);
  const shown = text.slice(from).replace(/^[\udc00-\udfff]/, '');
  const end = found.index - from + found[0].length + BEHIND;
  return (from > 0 ? '…' : '') + cut(shown, end, '…').trimEnd();
}

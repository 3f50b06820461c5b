// A part of a result: by its path, by items, keys or lines of it, or where a text stands in it. Invariants: a part is within the
// budget, says what is left of it, and reading on from there misses nothing and repeats nothing.
import { OperationError } from '../../contract/errors.ts';
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import {
  parsePointer,
  resolvePath,
  resolvePointer,
  toPointerStep,
} from '../../contract/json/pointer.ts';
import { cut } from '../../contract/text.ts';
import { findText, type Match } from './find.ts';
import { toLines } from './lines.ts';
import { takeLines } from './preview.ts';
import { sayType, toShape } from './shape.ts';
import { estimateTokens } from './tokens.ts';

/** What of a result is wanted. */
export interface PartQuestion {
  /** JSON Pointer; the whole by default. */
  readonly path?: string;
  /** Items, keys, lines or matches to leave out first. */
  readonly offset?: number;
  /** Items, keys, lines or matches at most. */
  readonly limit?: number;
  /** Text to look for. */
  readonly find?: string;
}

/** What was read, and how to go on. */
export interface Part extends JsonObject {
  readonly path: string;
  /** In words: `list of 3 items`. */
  readonly type: string;
  /** How many items, keys, lines or matches are behind this part. */
  readonly left: number;
  readonly next_step: string;
}

const TOOL = 'read_task_result';

/** Tokens of an answer beside what was asked for. */
const FRAME_TOKENS = 150;

/** @throws {OperationError} INVALID_PARAMETERS, where the path leads nowhere */
export function readPart(result: Json, question: PartQuestion, budgetTokens: number): Part {
  const { find } = question;
  const path = toPath(question.path ?? '');
  const value = resolvePointer(result, path);
  if (value === undefined) throw createPathError(result, path);
  const tokens = Math.max(0, budgetTokens - FRAME_TOKENS);
  const from = { path, type: sayType(value), offset: question.offset ?? 0 };
  if (find !== undefined) {
    return toMatches([...findText(value, find, path)], from, question, tokens);
  }
  const isWhole = question.offset === undefined && question.limit === undefined;
  if (isWhole && fits(value, tokens)) return { ...toEnd(from), value };
  if (typeof value === 'string') return toLinePart(toLines(value), from, question, tokens);
  if (isJsonArray(value) || isJsonObject(value)) {
    return toEntryPart(value, from, question, tokens);
  }
  return { ...toEnd(from), value };
}

/** A pointer without its first slash is a pointer all the same. */
function toPath(path: string): string {
  return path === '' || path.startsWith('/') ? path : `/${path}`;
}

interface From {
  readonly path: string;
  readonly type: string;
  readonly offset: number;
}

function toEnd({ path, type }: From): Part {
  return { path, type, left: 0, next_step: 'This is all of it.' };
}

function toLinePart(
  lines: readonly string[],
  from: From,
  { limit = Infinity }: PartQuestion,
  tokens: number,
): Part {
  const wanted = lines.slice(from.offset, from.offset + limit);
  const shown = takeLines(wanted, tokens);
  const end = from.offset + Math.max(shown.length, 1);
  return {
    ...toOpenPart(from, lines.length, end, 'lines'),
    lines: lines.length,
    value: shown.join(''),
  };
}

function toEntryPart(
  value: JsonObject | readonly Json[],
  from: From,
  { limit = Infinity }: PartQuestion,
  tokens: number,
): Part {
  const isList = isJsonArray(value);
  const keys = Object.keys(value);
  const shown: [string, Json][] = [];
  const large: [string, Json][] = [];
  let left = tokens;
  for (const key of keys.slice(from.offset, from.offset + limit)) {
    const entry = resolvePath(value, [key]) ?? null;
    const cost = estimateTokens(JSON.stringify(isList ? entry : { [key]: entry })) + 1;
    const isFirst = shown.length + large.length === 0;
    if (cost <= left) {
      shown.push([key, entry]);
      left -= cost;
      continue;
    }
    // What would fill an answer alone is left out. An item of a list has its place, and stands alone then.
    if (cost <= tokens / 2 || (isList && !isFirst)) break;
    const said = toLargeEntry(from.path + toPointerStep(key), entry, left, isFirst);
    if (!said) break;
    large.push(said.entry);
    left -= said.cost;
    if (isList) break;
  }
  const end = from.offset + shown.length + large.length;
  return {
    ...toOpenPart(from, keys.length, end, isList ? 'items' : 'keys', large.length > 0),
    value: isList ? shown.map(([, entry]) => entry) : Object.fromEntries(shown),
    ...(large.length > 0 && { not_shown: Object.fromEntries(large) }),
  };
}

/** The shape in place of an entry; `null` where there is no room for that either, and something else to show first. */
function toLargeEntry(path: string, value: Json, left: number, isFirst: boolean) {
  const entry = [path, toShape(value, { depth: 1, keys: 10, whole: 40 })] as [string, Json];
  const cost = estimateTokens(JSON.stringify(entry));
  if (cost <= left) return { entry, cost };
  return isFirst ? { entry: [path, sayType(value)] as [string, Json], cost: left } : null;
}

function toMatches(
  matches: readonly Match[],
  from: From,
  { find = '', limit = Infinity }: PartQuestion,
  tokens: number,
): Part {
  const shown: Match[] = [];
  let left = tokens;
  for (const match of matches.slice(from.offset, from.offset + limit)) {
    left -= estimateTokens(JSON.stringify(match)) + 1;
    if (left < 0) break;
    shown.push(match);
  }
  const end = from.offset + shown.length;
  const part = toOpenPart(from, matches.length, end, 'matches', false, { find });
  const step =
    matches.length === 0
      ? `The text does not stand there. Ask for another, or call ${TOOL} without find for the shape.`
      : `${part.next_step} Read around a match by its path, and by its line as offset.`;
  return { ...part, matches: shown as unknown as Json, next_step: step };
}

function toOpenPart(
  from: From,
  length: number,
  end: number,
  unit: string,
  hasLarge = false,
  more: JsonObject = {},
): Part {
  const left = Math.max(0, length - end);
  const again = JSON.stringify({ path: from.path, ...more, offset: end });
  return {
    ...from,
    left,
    next_step: [
      left > 0
        ? `${left} more ${unit}: call ${TOOL} again with ${again}.`
        : 'This is the end of it.',
      ...(hasLarge
        ? [`What not_shown names is too large for one answer: call ${TOOL} with its path.`]
        : []),
    ].join(' '),
  };
}

function fits(value: Json, tokens: number): boolean {
  return estimateTokens(JSON.stringify(value)) <= tokens;
}

/** Says how far the path leads, and what is there. */
function createPathError(result: Json, path: string): OperationError {
  const keys = parsePointer(path);
  const length = keys.findIndex(
    (_, end) => resolvePath(result, keys.slice(0, end + 1)) === undefined,
  );
  const known = keys.slice(0, Math.max(0, length));
  const shape = toShape(resolvePath(result, known) ?? null, { depth: 1, keys: 30, whole: 0 });
  const found = known.map(toPointerStep).join('') || 'the result';
  const message = `${cut(path, 200)} leads nowhere: ${found} is ${cut(JSON.stringify(shape), 1000, '…')}`;
  return new OperationError('INVALID_PARAMETERS', `arguments of ${TOOL}: /path: ${message}`, {
    details: { issues: [{ path: '/path', message }] },
  });
}

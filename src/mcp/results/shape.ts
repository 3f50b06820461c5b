// The shape of a value in place of the value: keys, types, and the lengths of lists, so that a model knows what to ask for. What is
// short stands there itself. Invariant: no text stands there itself that reads like what is said in place of a value.
import { isExactNumber, isNumber } from '../../contract/json/exact-number.ts';
import { isJsonArray, isJsonObject, type Json } from '../../contract/json.ts';

export interface ShapeLimits {
  /** Levels of objects and lists. */
  readonly depth: number;
  /** Keys of one object. */
  readonly keys: number;
  /** Characters of JSON up to which a value stands there itself. */
  readonly whole: number;
}

/** The shape; of a list, that of its first item. */
export function toShape(value: Json, { depth, keys, whole }: ShapeLimits): Json {
  if (leave(value, whole) >= 0) return value;
  if (depth === 0) return sayType(value);
  const inner = { depth: depth - 1, keys, whole };
  if (isJsonArray(value)) {
    const [first = null] = value;
    const isFlat = !isJsonObject(first) && !isJsonArray(first);
    return isFlat ? sayType(value) : [`${sayType(value)}, the first:`, toShape(first, inner)];
  }
  if (!isJsonObject(value)) return sayType(value);
  const names = Object.keys(value);
  const shown = names
    .slice(0, keys)
    .map((name) => [name, toShape(value[name] ?? null, inner)] as const);
  const left = names.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ['…', `${left} more keys`]] : shown);
}

/** What reads like the type of a value. */
const SAID = /^(text|list|object) of \d|^number$/;

/** How many of these characters a value leaves, as JSON and about; below 0 where it needs more, or may not stand there itself. */
function leave(value: Json, characters: number): number {
  if (isJsonArray(value) || isJsonObject(value)) {
    let left = characters - 2;
    for (const [key, inner] of Object.entries(value) as readonly (readonly [string, Json])[]) {
      if (left < 0) break;
      left = leave(inner, left - 1 - (isJsonObject(value) ? key.length + 3 : 0));
    }
    return left;
  }
  if (typeof value === 'string') return SAID.test(value) ? -1 : characters - value.length - 2;
  return characters - (isExactNumber(value) ? value.rawJSON : String(value)).length;
}

/** The type of a value, and its length where that says something. */
export function sayType(value: Json): string {
  if (isJsonArray(value)) return count(value.length, 'list of', 'item');
  if (isJsonObject(value)) return count(Object.keys(value).length, 'object of', 'key');
  if (typeof value === 'string') return count(value.length, 'text of', 'character');
  if (isNumber(value)) return 'number';
  return value === null ? 'null' : typeof value;
}

function count(number: number, before: string, what: string): string {
  return `${before} ${number} ${what}${number === 1 ? '' : 's'}`;
}

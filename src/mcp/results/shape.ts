// The shape of a value in place of the value: keys, types, and the lengths of lists, so that a model knows what to ask for.
import { isNumber } from '../../contract/exact-number.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';

/** How much of a shape is shown. */
export interface ShapeLimits {
  /** Levels of objects and lists. */
  readonly depth: number;
  /** Keys of one object. */
  readonly keys: number;
}

/** Characters from which a text is said to be long. */
const LONG_CHARACTERS = 100;

/** The shape; of a list, that of its first item. */
export function toShape(value: Json, { depth, keys }: ShapeLimits): Json {
  if (isJsonArray(value)) {
    const said = sayLength(value);
    const [first] = value;
    const isFlat = !isJsonObject(first) && !isJsonArray(first);
    if (depth === 0 || first === undefined || isFlat) return said;
    return [`${said}, the first:`, toShape(first, { depth: depth - 1, keys })];
  }
  if (!isJsonObject(value)) return sayType(value);
  const names = Object.keys(value);
  if (depth === 0) return sayType(value);
  const shown = names
    .slice(0, keys)
    .map((name) => [name, toShape(value[name] ?? null, { depth: depth - 1, keys })] as const);
  const left = names.length - shown.length;
  return Object.fromEntries(left > 0 ? [...shown, ['…', `${left} more keys`]] : shown);
}

/** The type of a value, and its length where that says something. */
export function sayType(value: Json): string {
  if (isJsonArray(value)) return sayLength(value);
  if (isJsonObject(value)) return count(Object.keys(value).length, 'object of', 'key');
  if (typeof value === 'string') {
    return value.length > LONG_CHARACTERS ? `text of ${value.length} characters` : 'text';
  }
  if (isNumber(value)) return 'number';
  return value === null ? 'null' : typeof value;
}

function sayLength(list: readonly Json[]): string {
  return count(list.length, 'list of', 'item');
}

function count(number: number, before: string, what: string): string {
  return `${before} ${number} ${what}${number === 1 ? '' : 's'}`;
}

/** Whether a value is a list. */
export function isJsonArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

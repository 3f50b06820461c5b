// Arguments as models really write them, taken for what they can only mean. Invariants: what the schema admits as it is stays as it
// is; what could mean two things is left, and refused where it is checked.
import { isNumber, parseJsonOrNot } from '../contract/json/exact-number.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { resolveDefinition } from './definitions.ts';

/** Objects within objects that are read. */
const DEPTH = 8;

/** The literals of JSON that a text may hold in place of a value, by the one type that the schema admits. */
const LITERALS: Readonly<Record<string, (value: unknown) => boolean>> = {
  number: isNumber,
  integer: isNumber,
  boolean: (value) => typeof value === 'boolean',
  object: isJsonObject,
  array: Array.isArray,
};

/** The value that a schema can only mean. */
export function forgive(value: Json, schema: JsonObject): Json {
  return forgiveIn(value, schema, schema, 0);
}

function forgiveIn(value: Json, node: JsonObject, root: JsonObject, depth: number): Json {
  if (depth > DEPTH) return value;
  const schema = resolveDefinition(node, root);
  if (typeof value === 'string') {
    const held = toHeld(value, schema);
    return held === undefined ? value : forgiveIn(held, schema, root, depth + 1);
  }
  const { properties, items, required } = schema;
  if (Array.isArray(value) && isJsonObject(items)) {
    return value.map((item: Json) => forgiveIn(item, items, root, depth + 1));
  }
  if (!isJsonObject(value) || !isJsonObject(properties)) return value;
  const demanded = Array.isArray(required) ? required : [];
  const kept = Object.entries(value).flatMap(([name, field]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!isJsonObject(known)) return [[name, field] as const];
    const isAbsent =
      field === '' && !demanded.includes(name) && refusesEmpty(resolveDefinition(known, root));
    return isAbsent ? [] : [[name, forgiveIn(field, known, root, depth + 1)] as const];
  });
  return Object.fromEntries(kept);
}

/** What a text holds, where the schema admits no text. */
function toHeld(text: string, { type }: JsonObject): Json | undefined {
  const isMeant = typeof type === 'string' ? LITERALS[type] : undefined;
  const held = isMeant && parseJsonOrNot(text);
  return isMeant?.(held) ? (held as Json) : undefined;
}

/** Whether an empty text cannot be meant as a value. */
function refusesEmpty({ type, enum: values, minLength, pattern }: JsonObject): boolean {
  if (Array.isArray(values)) return !values.includes('');
  if (typeof minLength === 'number' && minLength > 0) return true;
  if (type === 'string') return typeof pattern === 'string' && refusesByPattern(pattern);
  return typeof type === 'string';
}

/** Patterns are of RE2: one that JavaScript does not know says nothing here. */
function refusesByPattern(pattern: string): boolean {
  try {
    return !new RegExp(pattern, 'u').test('');
  } catch {
    return false;
  }
}

/** The arguments of a control tool: an empty text is none of its optional arguments, and a handle has nothing around it. */
export function tidyArguments(args: JsonObject, { required }: JsonObject): JsonObject {
  const demanded = Array.isArray(required) ? required : [];
  const { [HANDLE]: handle } = args;
  const given = Object.entries(args);
  const kept = given.filter(([name, value]) => value !== '' || demanded.includes(name));
  const all = kept.length === given.length ? args : Object.fromEntries(kept);
  return typeof handle === 'string' && HANDLE in all ? { ...all, [HANDLE]: toHandle(handle) } : all;
}

const HANDLE = 'task_ref';

/** A handle without what a text puts around one. It ends in a letter, a digit, `_` or `-`, and has no quotes. */
export function toHandle(text: string): string {
  return text.replace(/^[\s"'`“”‘’«»<([]+/, '').replace(/[\s"'`“”‘’«»>)\].,;:!?]+$/, '');
}

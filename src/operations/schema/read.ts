// JSON Schema as people write it in a declaration, as a zod schema that really checks it. Invariant: every keyword is
// either enforced or a mere annotation; one that would be ignored is refused, since a model would trust it.
import type * as z from 'zod';
import { isExactNumber, isNumber } from '../../contract/json/exact-number.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import { NUMBER_KEYWORDS } from './number.ts';
import { FORMAT_NAMES } from './string.ts';
import { toZod } from './to-zod.ts';

export interface ReadSchema {
  /** As it is shown: the author's own, with what is implied said. */
  readonly shown: JsonObject;
  readonly schema: z.ZodType<Json>;
}

const ANNOTATIONS = ['title', 'description', 'default', 'examples', 'deprecated', '$comment'];
const SELECTORS = ['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'];
const BY_TYPE: Readonly<Record<string, readonly string[]>> = {
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  integer: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
  object: [
    'properties',
    'required',
    'additionalProperties',
    'propertyNames',
    'minProperties',
    'maxProperties',
  ],
  array: [
    'items',
    'prefixItems',
    'minItems',
    'maxItems',
    'uniqueItems',
    'contains',
    'minContains',
    'maxContains',
  ],
  boolean: [],
  null: [],
};
/** Keywords whose value says how many. */
const COUNTS = [
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
];
const SUBSCHEMAS = ['additionalProperties', 'propertyNames', 'items', 'contains'];
const LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const MAPS = ['properties', '$defs'];
const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/**
 * Reads the JSON Schema of parameters. Objects admit no unknown fields unless `additionalProperties` says otherwise.
 *
 * @throws {TypeError} when it is no object schema, or uses what cannot be checked; the message names the path
 */
export function readInputSchema(source: JsonObject): ReadSchema {
  const { $schema, ...root } = source;
  checkDialect($schema);
  const shown = close({ type: 'object', properties: {}, ...root }) as JsonObject;
  if (shown['type'] !== 'object') throw new TypeError('/type: parameters are an object');
  return read(shown);
}

/**
 * Reads the JSON Schema of a result, of any type.
 *
 * @throws {TypeError} when it uses what cannot be checked; the message names the path
 */
export function readOutputSchema(source: JsonObject): ReadSchema {
  const { $schema, ...shown } = source;
  checkDialect($schema);
  return read(shown);
}

function read(shown: JsonObject): ReadSchema {
  checkNode(shown, '');
  return { shown, schema: toZod(shown) };
}

function checkDialect(dialect: Json | undefined): void {
  if (dialect !== undefined && dialect !== DIALECT) {
    throw new TypeError(`/$schema: expected ${DIALECT}, or no word about it`);
  }
}

function checkNode(node: Json | undefined, path: string): void {
  if (typeof node === 'boolean') return;
  if (!isJsonObject(node)) throw new TypeError(`${path}: expected a JSON Schema`);
  checkKeywords(node, path);
  checkValues(node, path);
  for (const [place, child] of childrenOf(node)) checkNode(child, `${path}${place}`);
}

function checkKeywords(node: JsonObject, path: string): void {
  const types = toList(node['type']).map(String);
  const unknown = types.find((type) => !Object.hasOwn(BY_TYPE, type));
  if (unknown !== undefined)
    throw new TypeError(`${path}/type: no type ${JSON.stringify(cut(unknown, 80))}`);
  const exact = ['enum', 'const', '$ref'].find((keyword) => keyword in node);
  const constraints = exact === undefined ? types.flatMap((type) => BY_TYPE[type] ?? []) : [];
  const allowed = new Set([
    ...ANNOTATIONS,
    ...(exact === '$ref' ? ['$ref'] : SELECTORS),
    ...constraints,
    ...(path === '' ? ['$defs'] : []),
  ]);
  const refused = Object.keys(node).find((keyword) => !allowed.has(keyword));
  if (refused === undefined) return;
  const beside =
    exact === undefined ? `type ${types.join(', ') || '(none)'}` : `${exact}, which decides alone`;
  throw new TypeError(
    `${path}/${refused}: this keyword is not checked beside ${beside}; leave it out`,
  );
}

function checkValues(node: JsonObject, path: string): void {
  const { format, required, properties } = node as Partial<Record<string, Json>>;
  if (format !== undefined && !(FORMAT_NAMES as readonly Json[]).includes(format)) {
    throw new TypeError(`${path}/format: expected one of ${FORMAT_NAMES.join(', ')}`);
  }
  for (const keyword of [...NUMBER_KEYWORDS, ...COUNTS]) {
    const value = node[keyword];
    const isCount = COUNTS.includes(keyword);
    if (value === undefined || (isCount ? isLength(value) : isNumber(value))) continue;
    throw new TypeError(
      `${path}/${keyword}: expected ${isCount ? 'a whole number from 0' : 'a number'}`,
    );
  }
  const known = isJsonObject(properties) ? properties : {};
  const names: readonly Json[] = Object.keys(known);
  const missing = toList(required).find((name) => !names.includes(name));
  if (missing !== undefined) {
    const name = cut(JSON.stringify(missing), 80);
    throw new TypeError(`${path}/required: ${name} is not among the properties`);
  }
  for (const keyword of ['enum', 'const']) {
    if (toList(node[keyword]).some(isComposed)) {
      throw new TypeError(
        `${path}/${keyword}: only strings, numbers, booleans and null are compared`,
      );
    }
  }
}

function isLength(value: Json): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isComposed(value: Json): boolean {
  return typeof value === 'object' && value !== null && !isExactNumber(value);
}

/** A schema in which every object says whether it admits unknown fields; within allOf that would exclude the siblings. */
function close(node: Json, insideAllOf = false): Json {
  if (!isJsonObject(node)) return node;
  const closed: Record<string, Json> = { ...node };
  for (const keyword of SUBSCHEMAS) {
    if (closed[keyword] !== undefined) closed[keyword] = close(closed[keyword]);
  }
  for (const keyword of LISTS) {
    const list = closed[keyword];
    if (Array.isArray(list)) {
      closed[keyword] = list.map((item: Json) => close(item, insideAllOf || keyword === 'allOf'));
    }
  }
  for (const keyword of MAPS) {
    const map = closed[keyword];
    if (isJsonObject(map)) {
      closed[keyword] = Object.fromEntries(
        Object.entries(map).map(([key, item]) => [key, close(item)]),
      );
    }
  }
  const isObject = toList(closed['type']).includes('object');
  const composed = insideAllOf || ['allOf', 'anyOf', 'oneOf'].some((keyword) => keyword in node);
  if (isObject && !composed) closed['additionalProperties'] ??= false;
  return closed;
}

function childrenOf(node: JsonObject): (readonly [string, Json | undefined])[] {
  return [
    ...SUBSCHEMAS.filter((keyword) => keyword in node).map(
      (keyword) => [`/${keyword}`, node[keyword]] as const,
    ),
    ...LISTS.flatMap((keyword) =>
      toList(node[keyword]).map((item, index) => [`/${keyword}/${index}`, item] as const),
    ),
    ...MAPS.flatMap((keyword) =>
      Object.entries(node[keyword] ?? {}).map(
        ([key, item]) => [`/${keyword}/${key}`, item as Json] as const,
      ),
    ),
  ];
}

function toList(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

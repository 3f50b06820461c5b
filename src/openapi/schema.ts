// A schema of a description as one that Longhaul checks parameters with and a model reads. Where a description says more than can be
// checked, less is checked: the upstream has the last word. Invariant: whatever the schema, what comes of it is bounded.
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';
import { BoundedRegExp } from '../operations/schema/pattern.ts';
import { FORMAT_NAMES } from '../operations/schema/string.ts';
import { toPlainText } from './text.ts';
import { entriesOf, isTrue, itemsOf, step, textAt } from './place.ts';
import type { Place, Walk } from './walk.ts';

/** Levels of objects and lists within each other; deeper ones may hold anything. */
const DEEPEST = 6;
/** Schemas within those of one request. */
const MOST_NODES = 600;
/** Levels of a parameter that are shown however much came before. */
const ALWAYS_SHOWN = 2;
/** Schemas within that of one parameter, so that a large one leaves something to the others. */
const MOST_OF_ONE = 80;
/** Values of an enumeration. */
const MOST_VALUES = 100;
const LONGEST_DESCRIPTION = 300;

/** Names that no configuration takes: they reach the prototype of an object. */
const POLLUTING = ['__proto__', 'constructor', 'prototype'];

const OPEN: JsonObject = { type: 'object', additionalProperties: true };

interface Conversion extends Walk {
  readonly within: readonly Json[];
  readonly count: { nodes: number };
  /** Those of this one. */
  readonly own: { nodes: number };
}

/** Converts one; without a schema it may be anything. */
export function toSchema(walk: Walk, place: Place | null): JsonObject {
  return place
    ? convert({ count: { nodes: 0 }, ...walk, own: { nodes: 0 }, within: [] }, place)
    : {};
}

function convert(conversion: Conversion, place: Place): JsonObject {
  const { within, count, own } = conversion;
  const { value } = place;
  if (!isJsonObject(value)) return {};
  count.nodes += 1;
  own.nodes += 1;
  const isFull =
    own.nodes > MOST_OF_ONE || (count.nodes > MOST_NODES && within.length >= ALWAYS_SHOWN);
  if (within.includes(value) || within.length >= DEEPEST || isFull) {
    return toCut(value);
  }
  const inner = { ...conversion, within: [...within, value] };
  const merged = toMerged(inner, place);
  const about = toAbout(conversion, place);
  const choices = [
    ...itemsOf(conversion, step(conversion, place, 'oneOf')),
    ...itemsOf(conversion, step(conversion, place, 'anyOf')),
  ];
  if (choices.length > 0 && merged === null) return toChoice(inner, choices, about);
  const body = toTyped(inner, place, merged);
  return { ...body, ...about };
}

/** What a schema that is not followed any further admits. */
function toCut({ type, description }: JsonObject): JsonObject {
  const scalar =
    typeof type === 'string' && ['string', 'integer', 'number', 'boolean'].includes(type);
  return {
    ...(scalar ? { type } : type === 'array' ? { type: 'array' } : type === 'object' ? OPEN : {}),
    ...(typeof description === 'string' && { description: toShort(description) }),
  };
}

/** Properties of a schema and of all that it is made of; `null` where it is no object. */
interface Properties {
  readonly properties: Map<string, Place>;
  readonly required: Set<string>;
  readonly isOpen: boolean;
}

/** What an object has, with what `allOf` adds; for other parts of a description that take a body apart. */
export function toMerged(walk: Walk, place: Place, depth = 0): Properties | null {
  const { value } = place;
  if (!isJsonObject(value) || depth > DEEPEST) return null;
  const parts = itemsOf(walk, step(walk, place, 'allOf')).flatMap(
    (part) => toMerged(walk, part, depth + 1) ?? [],
  );
  const own = entriesOf(walk, step(walk, place, 'properties')).filter(
    ([name]) => !POLLUTING.includes(name),
  );
  const types = typesOf(value);
  if (parts.length === 0 && own.length === 0 && !types.includes('object')) return null;
  const needed: readonly Json[] = Array.isArray(value['required']) ? value['required'] : [];
  const properties = new Map([...parts.flatMap((part) => [...part.properties]), ...own]);
  const more = value['additionalProperties'];
  return {
    properties,
    required: new Set(
      [...parts.flatMap((part) => [...part.required]), ...needed].filter(
        (name): name is string => typeof name === 'string' && properties.has(name),
      ),
    ),
    isOpen:
      parts.some(({ isOpen }) => isOpen) ||
      (more !== undefined && more !== false) ||
      ['oneOf', 'anyOf', 'patternProperties'].some((keyword) => keyword in value) ||
      (properties.size === 0 && more !== false),
  };
}

function toTyped(conversion: Conversion, place: Place, merged: Properties | null): JsonObject {
  const value = place.value as JsonObject;
  const { enum: values, const: only } = value;
  const isNullable = value['nullable'] === true || value['x-nullable'] === true;
  if (only !== undefined && isScalar(only)) return { const: only };
  if (Array.isArray(values) && values.length > 0 && values.every(isScalar)) {
    if (values.length > MOST_VALUES) return { type: 'string' };
    const all = isNullable && !values.includes(null) ? [...(values as Json[]), null] : values;
    return { enum: [...new Set(all)] };
  }
  if (merged) return toObject(conversion, place, merged);
  const types = typesOf(value).filter((type) => type !== 'null');
  const [type] = types;
  if (types.length === 0 && typesOf(value).length > 0) return { type: 'null' };
  if (types.length !== 1 || type === undefined) return {}; // any of several: the upstream says which
  const nullable = isNullable || typesOf(value).includes('null');
  const withNull = nullable ? [type, 'null'] : type;
  switch (type) {
    case 'string':
      return { type: withNull, ...toText(value) };
    case 'integer':
    case 'number':
      return { type: withNull, ...toBounds(value) };
    case 'boolean':
      return { type: withNull };
    case 'array': {
      const items = step(conversion, place, 'items');
      return {
        type: withNull,
        ...(items && { items: convert(conversion, items) }),
        ...pick(value, ['minItems', 'maxItems'], isCount),
      };
    }
    case 'file':
      return { type: 'string' };
    default:
      conversion.findings.add(
        place,
        `there is no type ${JSON.stringify(cut(type, 40))}; anything is taken`,
      );
      return {};
  }
}

function toObject(
  conversion: Conversion,
  place: Place,
  { properties, required, isOpen }: Properties,
): JsonObject {
  const shown = [...properties].filter(([, property]) => !isTrue(property, 'readOnly'));
  const names = shown.map(([name]) => name);
  const needed = [...required].filter((name) => names.includes(name));
  const more = step(conversion, place, 'additionalProperties');
  const rest = more && isJsonObject(more.value) ? convert(conversion, more) : true;
  return {
    type: 'object',
    ...(shown.length > 0 && {
      properties: Object.fromEntries(
        shown.map(([name, property]) => [name, convert(conversion, property)]),
      ),
    }),
    ...(needed.length > 0 && { required: needed }),
    ...(isOpen && { additionalProperties: shown.length > 0 ? true : rest }),
  };
}

/** One of several; where one is like another the upstream says which, so that any that fits will do. */
function toChoice(
  conversion: Conversion,
  choices: readonly Place[],
  about: JsonObject,
): JsonObject {
  const all = choices.slice(0, 8).map((choice) => convert(conversion, choice));
  const [first] = all;
  if (choices.length > all.length || !first || all.some((each) => Object.keys(each).length === 0)) {
    return about;
  }
  const [only, ...others] = all.filter(({ type }) => type !== 'null');
  if (only && others.length === 0 && all.length > 1 && typeof only['type'] === 'string') {
    return { ...only, type: [only['type'], 'null'], ...about };
  }
  return all.length === 1 ? { ...first, ...about } : { anyOf: all, ...about };
}

function toText(value: JsonObject): JsonObject {
  const { format, pattern } = value;
  return {
    ...pick(value, ['minLength', 'maxLength'], isCount),
    ...(typeof pattern === 'string' && isBoundedPattern(pattern) && { pattern }),
    ...(typeof format === 'string' && FORMAT_NAMES.includes(format) && { format }),
  };
}

function toBounds(value: JsonObject): JsonObject {
  // OpenAPI 3.0 says by true that the bound itself is excluded
  const isExcluded = (side: 'Minimum' | 'Maximum'): boolean => value[`exclusive${side}`] === true;
  return {
    ...pick(value, ['exclusiveMinimum', 'exclusiveMaximum'], isBound),
    ...(isBound(value['minimum']) && {
      [isExcluded('Minimum') ? 'exclusiveMinimum' : 'minimum']: value['minimum'],
    }),
    ...(isBound(value['maximum']) && {
      [isExcluded('Maximum') ? 'exclusiveMaximum' : 'maximum']: value['maximum'],
    }),
  };
}

function pick(
  value: JsonObject,
  keys: readonly string[],
  isGood: (value: Json | undefined) => boolean,
): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const found = value[key];
      return found !== undefined && isGood(found) ? [[key, found] as const] : [];
    }),
  );
}

const isCount = (value: Json | undefined): boolean => Number.isInteger(value) && Number(value) >= 0;
const isBound = (value: Json | undefined): value is number =>
  typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;

function isScalar(value: Json): boolean {
  return value === null || typeof value !== 'object';
}

function typesOf({ type }: JsonObject): string[] {
  if (typeof type === 'string') return [type];
  return Array.isArray(type) ? type.filter((one): one is string => typeof one === 'string') : [];
}

/** Description, what the upstream takes by itself, and an example. */
function toAbout(walk: Walk, place: Place): JsonObject {
  const value = place.value as JsonObject;
  const { default: usual, example, examples } = value;
  const description = toShort(textAt(walk, place, 'description') || textAt(walk, place, 'title'));
  const preset =
    usual !== undefined && usual !== null && isScalar(usual)
      ? `Default: ${JSON.stringify(usual)}.`
      : '';
  const words = [description && preset ? withStop(description) : description, preset]
    .filter(Boolean)
    .join(' ');
  const shown = example ?? (Array.isArray(examples) ? (examples as readonly Json[])[0] : undefined);
  return {
    ...(words !== '' && { description: words }),
    ...(shown !== undefined && isScalar(shown) && shown !== null && { examples: [shown] }),
  };
}

function withStop(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function toShort(description: string): string {
  return cut(toPlainText(description), LONGEST_DESCRIPTION, '…');
}

function isBoundedPattern(pattern: string): boolean {
  try {
    new BoundedRegExp(pattern);
    return true;
  } catch {
    return false; // the upstream checks it
  }
}

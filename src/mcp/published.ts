// An input schema in the form that all clients take. What a client refuses takes a tool away from its model, or ends the whole
// request. Invariant: what is published admits all that the operation admits, and the operation checks for itself.
import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { COMBINERS, mapChildren, resolveDefinition } from './definitions.ts';

const SCALARS: readonly JsonObject[] = ['string', 'number', 'boolean', 'null'].map((type) => ({
  type,
}));

/** Alternatives within alternatives. */
const DEPTH = 8;

/** Any JSON, as a list of types: elements of arrays are described to a depth of two, which is as far as a form has to go. */
const ANY: readonly JsonObject[] = [
  ...SCALARS,
  { type: 'object' },
  arrayOf([...SCALARS, { type: 'object' }, arrayOf([...SCALARS, { type: 'object' }])]),
];

function arrayOf(anyOf: readonly JsonObject[]): JsonObject {
  return { type: 'array', items: { anyOf } };
}

/** Regular expressions look ahead or behind by these. */
const LOOKAROUND = /\(\?<?[=!]/;

/** What zod knows of arguments or of an answer. */
export function toJsonSchema(schema: z.ZodObject, io: 'input' | 'output'): JsonObject {
  return omit(z.toJSONSchema(schema, { io }) as JsonObject, ['$schema']);
}

/** The schema of a tool's arguments, as clients are shown it. */
export function toPublished(schema: JsonObject): JsonObject {
  return mapChildren(flatten(schema, schema), rewrite);
}

/** One object in place of alternatives at the top: all their properties, and of those that are required what all require. */
function flatten(node: JsonObject, root: JsonObject, depth = 0): JsonObject {
  const combiner = COMBINERS.find((one) => Array.isArray(node[one]));
  if (combiner === undefined) return omit(node, COMBINERS);
  // A schema that is deeper is one that refers to itself; what it says further down is left open.
  if (depth > DEPTH) return omit(node, [...COMBINERS, 'additionalProperties']);
  const members = listOf(node[combiner]).map((one) =>
    flatten(resolveDefinition(one, root), root, depth + 1),
  );
  const required = members.map((one) => listOf(one['required']));
  const shared =
    combiner === 'allOf'
      ? required.flat()
      : (required[0] ?? []).filter((name) => required.every((names) => names.includes(name)));
  const areClosed = combiner !== 'allOf' && members.every(isClosed);
  const merged = {
    ...omit(node, [combiner, 'additionalProperties']),
    type: 'object',
    properties: mergeProperties([...members, node]),
    required: [...new Set([...listOf(node['required']), ...shared])],
    ...((isClosed(node) || areClosed) && { additionalProperties: false }),
  };
  return flatten(merged, root, depth + 1);
}

function isClosed({ additionalProperties }: JsonObject): boolean {
  return additionalProperties === false;
}

function omit(node: JsonObject, keywords: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(node).filter(([key]) => !keywords.includes(key)));
}

/** A property of several alternatives may be what any of them says. */
function mergeProperties(nodes: readonly JsonObject[]): JsonObject {
  const forms = new Map<string, Map<string, Json>>();
  for (const { properties } of nodes) {
    for (const [name, form] of Object.entries(isJsonObject(properties) ? properties : {})) {
      const known = forms.get(name) ?? new Map<string, Json>();
      forms.set(name, known.set(JSON.stringify(form), form));
    }
  }
  const merged = [...forms].map(([name, known]) => {
    const [first = {}, ...others] = known.values();
    return [name, others.length === 0 ? first : { anyOf: [first, ...others] }] as const;
  });
  return Object.fromEntries(merged);
}

function rewrite(node: Json): Json {
  if (!isJsonObject(node)) return node === true ? { anyOf: ANY } : node;
  return mapChildren(withItems(withOneType(withoutLookaround(node))), rewrite);
}

function withoutLookaround({ pattern, ...node }: JsonObject): JsonObject {
  return typeof pattern !== 'string' || LOOKAROUND.test(pattern) ? node : { ...node, pattern };
}

/** A list of types becomes alternatives of one type each, and what has none is said to be of any, or of that of its values. */
function withOneType(node: JsonObject): JsonObject {
  const { type, enum: values, const: only, ...rest } = node;
  if (Array.isArray(type)) {
    const { title, description, default: preset, examples, ...form } = node;
    const said = Object.entries({ title, description, default: preset, examples });
    return {
      ...(Object.fromEntries(said.filter(([, value]) => value !== undefined)) as JsonObject),
      anyOf: type.map((one: Json) => ({ ...form, type: one })),
    };
  }
  if (type !== undefined || '$ref' in node || COMBINERS.some((one) => one in node)) return node;
  const listed = only === undefined ? listOf(values) : [only];
  if (listed.length === 0) return { ...rest, anyOf: ANY };
  const types = [...new Set(listed.map(typeOf))];
  if (types.length === 1) return { ...node, type: types[0] ?? null };
  const byType = types.map((one) => ({
    type: one,
    enum: listed.filter((value) => typeOf(value) === one),
  }));
  return { ...rest, anyOf: byType };
}

function typeOf(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string' || typeof value === 'boolean') return typeof value;
  return 'number';
}

function withItems(node: JsonObject): JsonObject {
  const isBare = node['type'] === 'array' && node['items'] === undefined;
  return isBare ? { ...node, items: true } : node;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

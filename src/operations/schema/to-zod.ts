// From JSON Schema to a zod schema that checks it, keyword by keyword. zod's own conversion knows neither numbers beyond
// those of JavaScript nor regular expressions with a bound. Invariant: it sees only what `read.ts` has let through.
import * as z from 'zod';
import { isExactNumber } from '../../contract/json/exact-number.ts';
import { toComparable } from '../../contract/json/compare.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { guardArray, guardObject } from './guards.ts';
import { toNumberSchema } from './number.ts';
import { toStringSchema } from './string.ts';

type Schema = z.ZodType<Json>;

interface Conversion {
  readonly root: JsonObject;
  /** What references lead to; `null` while it is being made. */
  readonly referred: Map<string, Schema | null>;
}

/** @throws {TypeError} when a reference leads nowhere, or a pattern cannot be used */
export function toZod(root: JsonObject): Schema {
  return convert(root, { root, referred: new Map() });
}

function convert(node: Json, conversion: Conversion): Schema {
  if (!isJsonObject(node)) return node === false ? z.never() : z.any();
  const parts = [
    ...(isTyped(node) ? [toBase(node, conversion)] : []),
    ...toCombined(node, conversion),
  ];
  const [first = z.any(), ...others] = parts;
  const schema = others.reduce<Schema>((one, other) => z.intersection(one, other), first);
  const { default: preset } = node;
  return preset === undefined ? schema : schema.default(() => preset);
}

function isTyped(node: JsonObject): boolean {
  return ['$ref', 'enum', 'const', 'type'].some((keyword) => node[keyword] !== undefined);
}

function toCombined({ anyOf, oneOf, allOf }: JsonObject, conversion: Conversion): Schema[] {
  const all = (list: Json | undefined) => listOf(list).map((item) => convert(item, conversion));
  return [
    ...(anyOf === undefined ? [] : [z.union(all(anyOf))]),
    ...(oneOf === undefined ? [] : [z.xor(all(oneOf) as [Schema, ...Schema[]])]),
    ...all(allOf),
  ];
}

function toBase(node: JsonObject, conversion: Conversion): Schema {
  const { $ref, enum: values, const: only, type } = node;
  if (typeof $ref === 'string') return toReferred($ref, conversion);
  if (values !== undefined) return toListed(listOf(values));
  if (only !== undefined) return toListed([only]);
  if (!Array.isArray(type)) return toTyped(type, node, conversion);
  return z.union(type.map((one: Json) => toTyped(one, { ...node, type: one }, conversion)));
}

function toReferred(reference: string, conversion: Conversion): Schema {
  const { root, referred } = conversion;
  const known = referred.get(reference);
  if (known) return known;
  if (known === null) return z.lazy(() => referred.get(reference) ?? z.never());
  const target = reference === '#' ? root : findDefinition(reference, root);
  if (target === undefined) throw new TypeError(`Reference not found: ${reference}`);
  referred.set(reference, null);
  const schema = convert(target, conversion);
  referred.set(reference, schema);
  return schema;
}

function findDefinition(reference: string, { $defs }: JsonObject): Json | undefined {
  const name = /^#\/\$defs\/([^/]+)/.exec(reference)?.[1];
  if (name === undefined || !isJsonObject($defs)) return undefined;
  const key = name.replaceAll('~1', '/').replaceAll('~0', '~');
  return Object.hasOwn($defs, key) ? $defs[key] : undefined;
}

function toListed(values: readonly Json[]): Schema {
  const exact = new Set(values.filter(isExactNumber).map(toComparable));
  const plain = z.literal(values.filter((value) => !isExactNumber(value)) as string[]);
  if (exact.size === 0) return values.length === 0 ? z.never() : plain;
  const message = `Invalid option: expected one of ${values.map((one) => JSON.stringify(one)).join('|')}`;
  return z.any().check(({ value, issues }) => {
    const isListed = isExactNumber(value)
      ? exact.has(toComparable(value))
      : plain.safeParse(value).success;
    if (!isListed) issues.push({ code: 'custom', message, input: value });
  });
}

function toTyped(type: Json | undefined, node: JsonObject, conversion: Conversion): Schema {
  switch (typeof type === 'string' ? type : '') {
    case 'string':
      return toStringSchema(node);
    case 'number':
    case 'integer':
      return toNumberSchema(node);
    case 'boolean':
      return z.boolean();
    case 'null':
      return z.null();
    case 'array':
      return toArray(node, conversion);
    default:
      return toObject(node, conversion);
  }
}

function toObject(node: JsonObject, conversion: Conversion): Schema {
  const { properties, required, additionalProperties: more, propertyNames: names } = node;
  const needed = listOf(required);
  const shape = Object.entries(isJsonObject(properties) ? properties : {}).map(
    ([key, property]) => {
      const schema = convert(property, conversion);
      return [key, needed.includes(key) ? schema : schema.optional()] as const;
    },
  );
  const plain = z.object(Object.fromEntries(shape));
  const schema =
    more === false
      ? plain.strict()
      : isJsonObject(more)
        ? plain.catchall(convert(more, conversion))
        : plain.loose();
  const keys =
    isJsonObject(names) && names['type'] === undefined ? { ...names, type: 'string' } : names;
  return guardObject(
    schema as unknown as Schema,
    node,
    keys === undefined ? null : convert(keys, conversion),
  );
}

function toArray(node: JsonObject, conversion: Conversion): Schema {
  const { prefixItems, items = true, minItems, maxItems, contains } = node;
  const schema =
    prefixItems === undefined
      ? z.array(convert(items, conversion))
      : toTuple(listOf(prefixItems), items, Number(minItems ?? 0), conversion);
  const bounds = [
    ...(typeof minItems === 'number' ? [z.minLength(minItems)] : []),
    ...(typeof maxItems === 'number' ? [z.maxLength(maxItems)] : []),
  ] as z.core.$ZodCheck<unknown[]>[];
  const bounded = (schema as z.ZodType<unknown[]>).check(...bounds) as Schema;
  return guardArray(bounded, node, contains === undefined ? null : convert(contains, conversion));
}

/** Positions say what an element is where there is one; only `minItems` asks for it. */
function toTuple(
  first: readonly Json[],
  items: Json,
  needed: number,
  conversion: Conversion,
): Schema {
  const positions = first.map((item, index) => {
    const schema = convert(item, conversion);
    return index < needed ? schema : schema.optional();
  }) as [Schema, ...Schema[]];
  const tuple = z.tuple(positions);
  return items === false ? tuple : tuple.rest(convert(items, conversion));
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

// Keywords that hold for an array or an object as it came, before defaults are filled in.
import * as z from 'zod';
import { toComparable } from '../../contract/json/compare.ts';
import { isExactNumber, type ExactNumber } from '../../contract/json/exact-number.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';

type Schema = z.ZodType<Json>;
type Issue = z.core.$ZodRawIssue;

/** Refuses a number that zod would take for an object, and holds an object against `minProperties`, `maxProperties` and, by the schema of a key, `propertyNames`. */
export function guardObject(schema: Schema, node: JsonObject, keySchema: Schema | null): Schema {
  const { minProperties: least, maxProperties: most } = node;
  return guard(schema, (value) => {
    if (isExactNumber(value)) return [toTypeIssue(value)];
    if (!isJsonObject(value)) return [];
    const keys = Object.keys(value);
    return [
      ...(typeof least === 'number' && keys.length < least
        ? [toIssue(`Too small: expected object to have >=${least} properties`)]
        : []),
      ...(typeof most === 'number' && keys.length > most
        ? [toIssue(`Too big: expected object to have <=${most} properties`)]
        : []),
      ...(keySchema ? keys.flatMap((key) => findKeyIssue(key, keySchema)) : []),
    ];
  });
}

/** Holds an array against `uniqueItems` and, by the schema of an element, `contains` with its counts. */
export function guardArray(schema: Schema, node: JsonObject, wanted: Schema | null): Schema {
  const { uniqueItems, minContains: least = 1, maxContains: most } = node;
  if (uniqueItems !== true && !wanted) return schema;
  return guard(schema, (value) => {
    if (!Array.isArray(value)) return [];
    return [
      ...(uniqueItems === true ? findRepeated(value) : []),
      ...(wanted ? findMiscount(value, wanted, Number(least), most) : []),
    ];
  });
}

function guard(schema: Schema, find: (value: unknown) => Issue[]): Schema {
  const guarded = z.any().check(({ value, issues }) => {
    issues.push(...find(value));
  });
  return guarded.pipe(schema);
}

function findKeyIssue(key: string, schema: Schema): Issue[] {
  const { error } = schema.safeParse(key);
  if (!error) return [];
  const { issues } = error;
  return [
    { code: 'invalid_key', origin: 'record', issues, input: key, path: [key], continue: true },
  ];
}

function findRepeated(items: readonly Json[]): Issue[] {
  const seen = new Map<string, number>();
  return items.flatMap((item, index) => {
    const comparable = toComparable(item);
    const first = seen.get(comparable);
    if (first === undefined) {
      seen.set(comparable, index);
      return [];
    }
    const message = `Array items must be unique: element at index ${index} duplicates the one at index ${first}`;
    return [toIssue(message, [index])];
  });
}

function findMiscount(
  items: readonly Json[],
  wanted: Schema,
  least: number,
  most: Json | undefined,
): Issue[] {
  const found = items.filter((item) => wanted.safeParse(item).success).length;
  if (found < least)
    return [toIssue(`Array must contain at least ${least} matching elements; found ${found}`)];
  if (typeof most === 'number' && found > most) {
    return [toIssue(`Array must contain at most ${most} matching elements; found ${found}`)];
  }
  return [];
}

function toIssue(message: string, path: PropertyKey[] = []): Issue {
  return { code: 'custom', message, input: undefined, path, continue: true };
}

/** What zod says of a number that is no plain one: to it, that is an object. */
function toTypeIssue(input: ExactNumber): Issue {
  return {
    code: 'invalid_type',
    expected: 'object',
    input,
    message: 'Invalid input: expected object, received number',
  };
}

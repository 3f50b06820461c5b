// One option as people need it explained: what may stand there, by default what, meaning what. Read from JSON Schema,
// which shows every schema alike, so that errors, docs and `--help` can never say different things.
import * as z from 'zod';
import type { Json, JsonObject } from '../../contract/json.ts';
import { isJsonObject } from '../../contract/json.ts';
import { configSchema } from '../schema.ts';

declare module 'zod' {
  /** What stands on an option, or on a whole group, beside its schema. */
  interface GlobalMeta {
    /** What may stand there, in words, where the schema alone does not say it well. */
    readonly expected?: string;
    /** Environment variable that sets it. Neither this nor the flag ever changes. */
    readonly env?: string;
    /** Flag that sets it, with what it takes: `--port <number>`. */
    readonly flag?: string;
    /** Whether it is a path: relative to the folder of the file that has it, or to the working directory. */
    readonly isPath?: boolean;
    /** Whether a worker depends on it and has to start again when it changes: always, or where callers authenticate. */
    readonly worker?: boolean | 'authenticated';
  }
}

/** One option, with what stands on it or on its group. */
export interface Option extends z.GlobalMeta {
  /** As `server.port`. */
  readonly path: string;
  readonly schema: JsonObject;
  readonly description: string;
}

/** Where something stands in a configuration. */
export type Path = readonly PropertyKey[];

/** The options, as JSON Schema: as they are written, not as they are resolved. */
export const CONFIG_JSON_SCHEMA = toJsonSchema(configSchema);

/** A schema as JSON Schema; what JSON cannot show is shown as anything. */
export function toJsonSchema(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonObject;
}

/** The options of an object, by name; none for any other schema. */
export function propertiesOf({ properties }: JsonObject): Readonly<Record<string, JsonObject>> {
  return isJsonObject(properties) ? (properties as Record<string, JsonObject>) : {};
}

/** Every option; what may stand inside of one belongs to it. */
export const OPTIONS: readonly Option[] = listOptions(CONFIG_JSON_SCHEMA, '', {});

function listOptions(schema: JsonObject, parent: string, group: z.GlobalMeta): Option[] {
  return Object.entries(propertiesOf(schema)).flatMap(([name, child]) => {
    const path = `${parent}${name}`;
    const meta = child as Pick<Option, 'description'> & z.GlobalMeta;
    const { worker = group.worker ?? false } = meta;
    const option: Option = { ...meta, worker, path, schema: child };
    return 'properties' in child ? listOptions(child, `${path}.`, option) : [option];
  });
}

export function valueAt(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce((value, key) => (isJsonObject(value) ? value[key] : undefined), config);
}

/** The schema of what stands at a path; `null` where the schema does not say. */
export function schemaAt(schema: JsonObject, path: Path): JsonObject | null {
  const branches = branchesOf(schema);
  const [key, ...rest] = path;
  if (key === undefined) return schema;
  for (const branch of branches) {
    const child = childOf(branch, key);
    const found = child && schemaAt(child, rest);
    if (found) return found;
  }
  return null;
}

export function keysAt(schema: JsonObject, path: Path): string[] {
  const parent = schemaAt(schema, path);
  if (!parent) return [];
  return branchesOf(parent).flatMap(({ properties }) =>
    isJsonObject(properties) ? Object.keys(properties) : [],
  );
}

/** What a schema expects, in words: `a whole number from 0 to 65535`. */
export function toExpectation(schema: JsonObject): string {
  if (typeof schema['expected'] === 'string') return schema['expected'];
  if (Array.isArray(schema['enum'])) return oneOf(schema['enum'].map(quote));
  if ('const' in schema) return quote(schema['const']);
  const branches = branchesOf(schema);
  if (branches.length > 1) return oneOf([...new Set(branches.map(toExpectation))], '');
  const type: unknown = schema['type'];
  switch (type) {
    case 'integer':
      return `a whole number${toRange(schema)}`;
    case 'number':
      return `a number${toRange(schema)}`;
    case 'string':
      return toTextExpectation(schema);
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return toListExpectation(schema);
    case 'object':
      return 'an object';
    default:
      return 'another value';
  }
}

/** What a schema admits, one type at a time. */
export function branchesOf(schema: JsonObject): JsonObject[] {
  const alternatives = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  if (Array.isArray(alternatives)) return alternatives.filter(isJsonObject).flatMap(branchesOf);
  if (Array.isArray(schema['type'])) {
    return schema['type'].map((type: Json) => ({ ...schema, type }));
  }
  return [schema];
}

function childOf(schema: JsonObject, key: PropertyKey): JsonObject | null {
  const { properties, items, additionalProperties } = schema;
  if (typeof key === 'number') return isJsonObject(items) ? items : null;
  const name = String(key);
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) {
    const child = properties[name];
    return isJsonObject(child) ? child : null;
  }
  return isJsonObject(additionalProperties) ? additionalProperties : null;
}

function toRange({ minimum, exclusiveMinimum, maximum }: JsonObject): string {
  // zod shows the range of safe integers where none was asked for.
  const top =
    typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const bottom =
    typeof minimum === 'number' && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  if (bottom !== undefined && top !== undefined) return ` from ${bottom} to ${top}`;
  if (typeof exclusiveMinimum === 'number') {
    return ` above ${exclusiveMinimum}${top === undefined ? '' : `, at most ${top}`}`;
  }
  if (bottom !== undefined) return `, at least ${bottom}`;
  return top === undefined ? '' : `, at most ${top}`;
}

function toListExpectation({ items, minItems }: JsonObject): string {
  const list = typeof minItems === 'number' ? `a list of at least ${minItems}` : 'a list';
  const each = isJsonObject(items) && Object.keys(items).length > 0 ? toExpectation(items) : '';
  return each === '' ? list : `${list}, each ${each}`;
}

function toTextExpectation({ minLength, maxLength, pattern }: JsonObject): string {
  if (typeof pattern === 'string') return `text that matches ${pattern}`;
  if (typeof maxLength === 'number')
    return `text of ${Number(minLength ?? 0)} to ${maxLength} characters`;
  return minLength === undefined ? 'text' : 'text that is not empty';
}

function oneOf(choices: readonly string[], prefix = 'one of '): string {
  if (choices.length < 2) return choices.join('');
  if (choices.length === 2 || prefix === '') return choices.join(' or ');
  return `${prefix}${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}

function quote(value: Json | undefined): string {
  return JSON.stringify(value ?? null);
}

// From a zod schema to the JSON Schema that a model reads. What JSON cannot express is refused here, at definition time.
import * as z from 'zod';
import type { Json, JsonObject } from '../../contract/json.ts';
import { BoundedRegExp } from './pattern.ts';

/**
 * The JSON Schema of parameters: an object. Unknown fields are refused at any depth (`parseParameters`), and the schema
 * says so.
 *
 * @throws {TypeError} when the schema is no zod 4 schema, no object, or cannot be shown as JSON Schema
 */
export function toInputSchema(name: string, input: z.ZodType): JsonObject {
  toJsonSchema(name, 'input', input, 'output'); // refuses transforms, which the input form would hide
  const shown = asObject(toJsonSchema(name, 'input', input, 'input'));
  if (shown === null) {
    throw new TypeError(`operation ${name}: its input must be an object; use z.object({ … })`);
  }
  return shown;
}

/**
 * The JSON Schema of results; of any type.
 *
 * @throws {TypeError} when the schema is no zod 4 schema, or cannot be shown as JSON Schema
 */
export function toOutputSchema(name: string, output: z.ZodType): JsonObject {
  return toJsonSchema(name, 'output', output, 'output');
}

function toJsonSchema(
  name: string,
  side: 'input' | 'output',
  schema: z.ZodType,
  io: 'input' | 'output',
): JsonObject {
  if (!('_zod' in schema)) {
    throw new TypeError(`operation ${name}: its ${side} is no schema of zod 4`);
  }
  try {
    const shown = z.toJSONSchema(schema, { io, override: closeObjects });
    delete shown.$schema;
    return shown as JsonObject;
  } catch (error) {
    throw new TypeError(
      `operation ${name}: its ${side} cannot be shown as JSON Schema (${(error as Error).message}); ` +
        'use types that JSON has: strings for dates, no transforms',
      { cause: error },
    );
  }
}

/** zod shows a plain object as open for input, but strips what it does not know; here that is refused. */
const closeObjects: NonNullable<z.core.ToJSONSchemaParams['override']> = ({
  zodSchema,
  jsonSchema,
  path,
}) => {
  const { def } = zodSchema._zod;
  boundPatterns(zodSchema);
  const isPlain = def.type === 'object' && def.catchall === undefined;
  if (isPlain && !path.includes('allOf')) jsonSchema.additionalProperties = false;
};

/** Regular expressions of a schema answer in bounded time from here on, with the same words. */
function boundPatterns({ _zod }: z.core.$ZodType): void {
  for (const check of _zod.def.checks ?? []) {
    const { def } = check._zod as { readonly def: { format?: string; pattern?: RegExp } };
    const { format, pattern } = def;
    if (format !== 'regex' || !pattern || pattern instanceof BoundedRegExp) continue;
    def.pattern = new BoundedRegExp(pattern.source, pattern.flags);
  }
}

/** The schema with `type: "object"` said, as MCP asks; `null` when it admits anything else. */
function asObject(schema: JsonObject): JsonObject | null {
  if (schema['type'] === 'object') return schema;
  const members = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  if (!Array.isArray(members)) return null;
  const all = members.every((member: Json) => asObject(member as JsonObject) !== null);
  return all ? { type: 'object', ...schema } : null;
}

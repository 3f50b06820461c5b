// The input schema of an operation's own tool: the operation's, and one optional property for the idempotency key.
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { COMBINERS, resolveDefinition } from '../definitions.ts';

/** The argument that every typed tool has beside the operation's parameters. */
export const KEY_ARGUMENT = 'idempotency_key';

const KEY: JsonObject = {
  type: 'string',
  description: 'Your name for this request; repeating it returns to the same task.',
};

export interface TypedInput {
  readonly schema: JsonObject;
  /** Whether null is a value of this parameter, and not a way to say that it is absent. */
  readonly keepsNull: (parameter: string) => boolean;
}

/** @throws {TypeError} when the operation has a parameter of the name of the key */
export function toTypedInput(operation: string, inputSchema: JsonObject): TypedInput {
  const forms = toForms(inputSchema, inputSchema);
  const parameters = forms.flatMap(({ properties }) => Object.entries(properties));
  if (parameters.some(([name]) => name === KEY_ARGUMENT)) {
    throw new TypeError(
      `operation ${operation}: its parameter ${KEY_ARGUMENT} has the name of the argument that the tool of every operation has; ` +
        'rename it, or switch off the operation (tools.operations) or all of these tools (tools.typed)',
    );
  }
  const nullable = new Set(
    parameters.flatMap(([name, schema]) => (admitsNull(schema, inputSchema) ? [name] : [])),
  );
  return { schema: withKey(inputSchema, inputSchema), keepsNull: (name) => nullable.has(name) };
}

/** Alternatives within alternatives; a schema that is deeper is one that refers to itself. */
const DEPTH = 4;

/** An object schema and what it combines, as far as they say something about the same object. */
function toForms(
  node: JsonObject,
  root: JsonObject,
  depth = 0,
): { readonly properties: JsonObject }[] {
  if (depth > DEPTH) return [];
  const { properties } = node;
  const own = isJsonObject(properties) ? [{ properties }] : [];
  const members = COMBINERS.flatMap((combiner) => toMembers(node[combiner], root));
  return [...own, ...members.flatMap((one) => toForms(one, root, depth + 1))];
}

/** The key in every alternative: one that admits no further properties would refuse it otherwise. */
function withKey(node: JsonObject, root: JsonObject, depth = 0): JsonObject {
  if (depth > DEPTH) return node;
  const { properties } = node;
  const known = isJsonObject(properties) ? properties : {};
  const combined = COMBINERS.flatMap((combiner) =>
    Array.isArray(node[combiner])
      ? [[combiner, toMembers(node[combiner], root).map((one) => withKey(one, root, depth + 1))]]
      : [],
  );
  return {
    ...node,
    properties: { ...known, [KEY_ARGUMENT]: KEY },
    ...(Object.fromEntries(combined) as JsonObject),
  };
}

/** Alternatives, with the definitions that they refer to in their place. */
function toMembers(list: Json | undefined, root: JsonObject): JsonObject[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((one: Json) => (isJsonObject(one) ? [resolveDefinition(one, root)] : []));
}

function admitsNull(schema: Json, root: JsonObject, depth = 0): boolean {
  if (!isJsonObject(schema) || depth > DEPTH) return schema === true;
  const { type, enum: values, const: only, anyOf, oneOf, allOf } = resolveDefinition(schema, root);
  if (only !== undefined) return only === null;
  if (Array.isArray(values)) return values.includes(null);
  if (type !== undefined) return type === 'null' || (Array.isArray(type) && type.includes('null'));
  const some = anyOf ?? oneOf;
  if (Array.isArray(some)) return some.some((one: Json) => admitsNull(one, root, depth + 1));
  return !Array.isArray(allOf) || allOf.every((one: Json) => admitsNull(one, root, depth + 1));
}

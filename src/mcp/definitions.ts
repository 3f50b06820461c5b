// Parts of JSON Schema that more than one reading of a tool's schema needs.
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';

/** The keywords that combine schemas. */
export const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const;

/** A schema, or the definition in `$defs` that it refers to. */
export function resolveDefinition(node: Json, root: JsonObject): JsonObject {
  if (!isJsonObject(node)) return {};
  const { $ref: reference } = node;
  const { $defs: definitions } = root;
  const name =
    typeof reference === 'string' ? /^#\/\$defs\/([^/]+)$/.exec(reference)?.[1] : undefined;
  const found = name !== undefined && isJsonObject(definitions) ? definitions[name] : undefined;
  return isJsonObject(found) ? found : node;
}

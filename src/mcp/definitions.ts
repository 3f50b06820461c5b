// Parts of JSON Schema that more than one reading of a tool's schema needs.
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';

export const COMBINERS = ['anyOf', 'oneOf', 'allOf'] as const;

/** The keywords whose value is a list of schemas. */
const LISTS: readonly string[] = [...COMBINERS, 'prefixItems'];

/** The schema with others in place of those that stand directly in it; `at` is where one stands, such as `properties/name`. */
export function mapChildren(
  node: JsonObject,
  change: (child: Json, at: string) => Json,
): JsonObject {
  return mapValues(node, (value, keyword) => {
    if (keyword === 'items') return change(value, keyword);
    const isMap = keyword === 'properties' || keyword === '$defs';
    if (isMap && isJsonObject(value)) {
      return mapValues(value, (child, key) => change(child, `${keyword}/${key}`));
    }
    return LISTS.includes(keyword) && Array.isArray(value)
      ? value.map((child: Json, index) => change(child, `${keyword}/${index}`))
      : value;
  });
}

function mapValues(map: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}

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

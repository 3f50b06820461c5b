// Placeholders against the input schema: a field that no schema knows would be absent in every call, so it is refused
// when the operation is defined. Where a schema is composed, its fields cannot be listed and are not checked.
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';

type Path = readonly string[];

/** @throws {TypeError} naming the field and the fields that exist */
export function checkField(inputSchema: JsonObject, path: Path): void {
  let node: Json | undefined = inputSchema;
  for (const key of path) {
    if (!isListed(node)) return;
    const properties: JsonObject = node.properties;
    if (!Object.hasOwn(properties, key)) {
      const known = Object.keys(properties).join(', ') || 'none';
      throw new TypeError(`{${path.join('.')}}: the input has no field ${key}; it has: ${known}`);
    }
    node = properties[key];
  }
}

/** @throws {TypeError} when it may be left out and has no default */
export function checkRequired(
  inputSchema: JsonObject,
  path: Path,
  place = 'the path of the URL',
): void {
  let node: Json | undefined = inputSchema;
  for (const key of path) {
    if (!isListed(node)) return;
    const required = Array.isArray(node['required']) && node['required'].includes(key);
    const child: Json | undefined = node.properties[key];
    if (!required && !(isJsonObject(child) && 'default' in child)) {
      throw new TypeError(
        `{${path.join('.')}} stands in ${place}, so the input must require it or give it a default`,
      );
    }
    node = child;
  }
}

/** Whether a schema lists all its fields. */
function isListed(
  node: Json | undefined,
): node is JsonObject & { readonly properties: JsonObject } {
  if (!isJsonObject(node)) return false;
  const open = ['anyOf', 'oneOf', 'allOf', '$ref'].some((keyword) => keyword in node);
  const closed = node['additionalProperties'] === false;
  if (open || !closed) return false;
  return isJsonObject(node['properties']);
}

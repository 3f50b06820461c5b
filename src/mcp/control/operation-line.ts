// One line about an operation: its name, the shape of its parameters and the first sentence of its description, so that
// a model can often choose and fill without asking list_operations first.
import { isJsonObject, type Json } from '../../contract/json.ts';
import { toFirstSentence } from '../../contract/text.ts';
import type { Operation } from '../../operations/operation.ts';

/** For example `- sleep { seconds: number, fail_with?: string }: Sleeps and returns.` */
export function toOperationLine({ name, description, inputSchema }: Operation): string {
  return `- ${name} ${toParameters(inputSchema)}: ${toFirstSentence(description)}`;
}

/** For example `{ seconds: number, fail_with?: string }`. */
export function toParameters({ properties, required }: Operation['inputSchema']): string {
  if (!isJsonObject(properties)) return '{ ... }';
  const names = Object.keys(properties);
  if (names.length === 0) return '{}';
  const fields = names.map((name) => {
    const mark = Array.isArray(required) && required.includes(name) ? '' : '?';
    return `${name}${mark}: ${toType(properties[name])}`;
  });
  return `{ ${fields.join(', ')} }`;
}

function toType(schema: Json | undefined): string {
  if (!isJsonObject(schema)) return 'any';
  const { type, enum: values } = schema;
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(type)) return type.join(' | ');
  return typeof type === 'string' ? type : 'any';
}

// The tables of docs/operations.md, written from the schemas of declarations. Each stands between two comments in the
// page: `<!-- keys: http.request -->` and `<!-- end -->`.
import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../src/contract/json.ts';
import { KINDS } from '../../src/operations/kinds/index.ts';
import { toTable } from './configuration-page.ts';

const BLOCK = /(<!-- keys: ([\w.]+) -->\n)[^]*?(<!-- end -->)/g;

const ROOT: JsonObject = {
  type: 'object',
  properties: Object.fromEntries(KINDS.map(({ kind, schema }) => [kind, shown(schema)])),
};

/** The page with every table written anew. */
export function renderOperationsPage(page: string): string {
  return page.replaceAll(
    BLOCK,
    (_, open: string, place: string, close: string) =>
      `${open}\n${keysTable(place.split('.'))}\n\n${close}`,
  );
}

function keysTable(place: readonly string[]): string {
  const schema = place.reduce((at, key) => childOf(at, key), ROOT);
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return toTable([
    ['key', 'needed', 'meaning'],
    ...Object.entries(propertiesOf(schema)).map(([key, child]) => [
      `\`${key}\``,
      required.includes(key) ? 'yes' : '',
      isJsonObject(child) ? (child['description'] as string) : '',
    ]),
  ]);
}

function childOf(schema: JsonObject, key: string): JsonObject {
  const child = propertiesOf(schema)[key];
  if (!isJsonObject(child)) throw new Error(`no key ${key}`);
  return child;
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {};
}

function shown(schema: z.ZodType): JsonObject {
  return z.toJSONSchema(schema, { io: 'input' }) as JsonObject;
}

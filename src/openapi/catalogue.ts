// The operations of a description, found from others: by operationId, by path, by what they answer. Each is read once.
import { isJsonObject } from '../contract/json.ts';
import { schemaOf, successesOf } from './answers.ts';
import { readEndpoint, type Endpoint, type Listed, type Version } from './endpoint.ts';
import { listOperations } from './list.ts';
import type { Place, Walk } from './walk.ts';

export interface Catalogue {
  readonly listed: readonly Listed[];
  readonly read: (listed: Listed) => Endpoint;
  readonly find: (method: string, path: string) => Listed | undefined;
  readonly byId: (operationId: string) => Listed | undefined;
  /** GETs whose path begins so, up to a slash. */
  readonly below: (path: string) => readonly Listed[];
  /** GETs whose last path parameter is called so. */
  readonly byParameter: (name: string) => readonly Listed[];
  /** GETs that answer with the same schema. */
  readonly bySchema: (schema: Place) => readonly Listed[];
}

export function createCatalogue(walk: Walk, version: Version, root: Place): Catalogue {
  const listed = listOperations(walk, root);
  const known = new Map<Listed, Endpoint>();
  const read = (one: Listed): Endpoint => {
    const endpoint = known.get(one) ?? readEndpoint(walk, version, root, one);
    known.set(one, endpoint);
    return endpoint;
  };
  const byRoute = new Map(listed.map((one) => [`${one.method} ${one.path}`, one]));
  const ids = new Map(listed.map((one) => [one.operationId, one]));
  const gets = listed.filter(({ method }) => method === 'GET');
  const byPrefix = toIndex(gets, ({ path }) => prefixesOf(path));
  const byParameter = toIndex(gets, ({ path }) => parametersOf(path).slice(-1));
  let bySchema: ReadonlyMap<unknown, readonly Listed[]> | undefined;
  return {
    listed,
    read,
    find: (method, path) => byRoute.get(`${method} ${path}`),
    byId: (operationId) => ids.get(operationId),
    below: (path) => byPrefix.get(path) ?? [],
    byParameter: (name) => byParameter.get(name) ?? [],
    bySchema: (schema) => {
      bySchema ??= toIndex(gets, (one) => {
        const answered = schemaOf(successesOf(read(one))[0]);
        return answered && isJsonObject(answered.value) ? [answered.value] : [];
      });
      return bySchema.get(schema.value) ?? [];
    },
  };
}

function toIndex<Key>(
  all: readonly Listed[],
  keysOf: (one: Listed) => readonly Key[],
): ReadonlyMap<Key, readonly Listed[]> {
  const index = new Map<Key, Listed[]>();
  for (const one of all) {
    for (const key of keysOf(one)) {
      const list = index.get(key);
      if (list) list.push(one);
      else index.set(key, [one]);
    }
  }
  return index;
}

function prefixesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(2).map((_, index) => parts.slice(0, index + 2).join('/'));
}

export function parametersOf(path: string): string[] {
  return [...path.matchAll(/\{\+?([^{}=]*)[^{}]*\}/g)].map(([, name = '']) => name);
}

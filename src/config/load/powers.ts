// What a configuration could do to this machine by its mere being taken. Everything that a file without code can do of that kind is
// listed in one place, here.
import { readFileSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { findReferences } from '../../contract/secret-reference.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { PINS_FILE } from '../../operations/kinds/mcp/pins-file.ts';
import { valueAt } from '../explain/option.ts';
import type { ConfigText } from './read-file.ts';

/** A power as people read it: `runs ./helper.sh (temporal.cli)`; none for a file that has none. */
export function listPowers({ source }: ConfigText, directory: string): readonly string[] {
  if (source === null) return ['is code'];
  const { data } = source;
  return [
    ...listRuns(data),
    ...new Set(listReferences(data).map((reference) => `reads ${reference}`)),
    ...toPassedOn(data),
    ...listOutside(data, directory).map((place) => `keeps files in ${place}`),
    ...listDescriptions(data).map((file) => `reads secrets that ${file} names`),
    ...(valueAt(data, 'storage.mode') === 's3' ? ['uses the keys of a bucket'] : []),
  ];
}

function listRuns(data: unknown): string[] {
  const words = new Map<string, string>();
  for (const { command, path } of toCommands(data)) {
    words.set(path, [words.get(path) ?? 'runs', command].join(' '));
  }
  return [...words].map(([path, text]) => `${text} (${path})`);
}

/** What is approved with a configuration: its own text, what is pinned of its upstreams, and the commands in its folder. */
export function listContents(
  { contents, source }: ConfigText,
  directory: string,
): ReadonlyMap<string, string> {
  const all = new Map(contents);
  const words = toCommands(source?.data).map(({ command }) => command);
  for (const word of [PINS_FILE, ...words]) {
    const file = resolve(directory, word);
    if (isOutside(file, directory)) continue;
    try {
      all.set(file, readFileSync(file, 'latin1'));
    } catch {
      // what is not there is not run either, and approved again once it is
    }
  }
  return all;
}

function toCommands(data: unknown): readonly { command: string; path: string }[] {
  const cli = valueAt(data, 'temporal.cli');
  return [
    ...(typeof cli === 'string' ? [{ command: cli, path: 'temporal.cli' }] : []),
    ...toUpstreams(data).flatMap(([name, { command, args }]) => {
      const words = [command, ...(Array.isArray(args) ? (args as unknown[]) : [])];
      const path = `upstreams.${name}`;
      return words.flatMap((word) => (typeof word === 'string' ? [{ command: word, path }] : []));
    }),
  ];
}

function toUpstreams(data: unknown): (readonly [string, JsonObject])[] {
  const found = valueAt(data, 'upstreams');
  return Object.entries(isJsonObject(found) ? found : {}).flatMap(([name, upstream]) =>
    isJsonObject(upstream) ? [[name, upstream] as const] : [],
  );
}

/** Variables that a command of an upstream gets to see. */
function toPassedOn(data: unknown): string[] {
  return toUpstreams(data).flatMap(([name, { env }]) =>
    (Array.isArray(env) ? (env as unknown[]) : []).map(
      (variable) => `passes env:${String(variable)} on (upstreams.${name})`,
    ),
  );
}

function listReferences(value: unknown): string[] {
  if (typeof value === 'string') return findReferences(value);
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(listReferences)
    : [];
}

/** Descriptions of OpenAPI choose where requests go and what their secrets are called. */
function listDescriptions(data: unknown): string[] {
  const entries = valueAt(data, 'operations');
  return (Array.isArray(entries) ? (entries as unknown[]) : []).flatMap((entry) =>
    isJsonObject(entry) && typeof entry['openapi'] === 'string' ? [entry['openapi']] : [],
  );
}

function listOutside(data: unknown, directory: string): string[] {
  const places = [valueAt(data, 'dataDirectory'), valueAt(data, 'storage.directory')];
  return places.filter(
    (place) => typeof place === 'string' && isOutside(place, directory),
  ) as string[];
}

function isOutside(path: string, directory: string): boolean {
  const way = relative(directory, resolve(directory, path));
  return way.startsWith('..') || isAbsolute(way);
}

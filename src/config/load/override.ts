// Values from the environment and from flags, laid over what the file says. A value keeps its source, so that an error
// names the variable or the flag and not the file.
import { resolve } from 'node:path';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { branchesOf, OPTIONS, valueAt, type Option, type Path } from '../explain/option.ts';
import { toDotted } from '../explain/problem.ts';
import type { ParsedConfig } from '../schema.ts';

/** A value from outside the file, and where it came from. */
export interface Override {
  readonly path: readonly string[];
  readonly value: unknown;
  /** `environment variable LONGHAUL_PORT`, or the flag. */
  readonly source: string;
}

/** Options set by flags, by path; they win over the environment. Text is read as the environment's would be. */
export type Overrides = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/**
 * What the environment and the flags set, weakest first. An empty variable counts as absent; a relative path is meant
 * from the working directory, where the person is, not from the file.
 */
export function readOverrides(
  env: Readonly<Record<string, string | undefined>>,
  flags: Overrides,
  workingDirectory: string,
): Override[] {
  const toOverride = ({ path, schema, isPath }: Option, given: unknown, source: string) => {
    const value = toValue(given, schema);
    const resolved = isPath && typeof value === 'string' ? resolve(workingDirectory, value) : value;
    return { path: path.split('.'), value: resolved, source };
  };
  return [
    ...OPTIONS.flatMap((option) => {
      const given = option.env === undefined ? undefined : env[option.env];
      return given ? [toOverride(option, given, `environment variable ${option.env}`)] : [];
    }),
    ...Object.entries(flags).map(([path, given]) => {
      const option = OPTIONS.find((one) => one.path === path);
      if (!option) throw new TypeError(`no option ${path}`);
      return toOverride(option, given, option.flag?.split(' ')[0] ?? `override of ${path}`);
    }),
  ];
}

/** The configuration with every path absolute; a relative one is meant from this folder. */
export function resolvePaths(config: ParsedConfig, directory: string): ParsedConfig {
  return OPTIONS.filter(({ isPath }) => isPath).reduce((under, { path }) => {
    const value = valueAt(under, path);
    if (typeof value !== 'string') return under;
    return setAt(under, path.split('.'), resolve(directory, value)) as ParsedConfig;
  }, config);
}

/** Data with the overrides laid over it. Where a group is no group, it stays so, for the schema to refuse. */
export function applyOverrides(data: unknown, overrides: readonly Override[]): unknown {
  return overrides.reduce((under, { path, value }) => setAt(under, path, value), data);
}

/** Where the value at a path came from, if not from the file. */
export function sourceOf(path: Path, overrides: readonly Override[]): string | null {
  const dotted = toDotted(path);
  const found = overrides.findLast((override) => {
    const own = toDotted(override.path);
    return dotted === own || dotted.startsWith(`${own}[`);
  });
  return found?.source ?? null;
}

function setAt(data: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  if (data !== undefined && !isJsonObject(data)) return data;
  return { ...data, [key]: setAt(data?.[key], rest, value) };
}

/** The type of an option, of one that may also be null the other one. */
function toType(schema: JsonObject): unknown {
  return branchesOf(schema).find(({ type }) => type !== 'null')?.['type'];
}

/** Text as the option's type where it can be read so; left as text otherwise, for the schema to refuse. */
function toValue(given: unknown, schema: JsonObject): unknown {
  if (typeof given !== 'string') return given;
  switch (toType(schema)) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(given.trim()) ? Number(given) : given;
    case 'boolean':
      return given === 'true' || given === 'false' ? given === 'true' : given;
    case 'array':
      return given
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '');
    default:
      return given;
  }
}

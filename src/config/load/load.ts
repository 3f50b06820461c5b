// From file, environment and flags to one decided configuration. Flags win over the environment, the environment over
// the file, the file over the defaults. Invariant: either everything is right, or one error says all that is wrong.
import { isJsonObject } from '../../contract/json.ts';
import { dirname, resolve } from 'node:path';
import type { Frozen } from '../../contract/frozen.ts';
import { findIllFormed, ILL_FORMED } from '../../contract/text.ts';
import type { Operation } from '../../operations/operation.ts';
import type { PolicyOptions } from '../../operations/policy.ts';
import { chooseDataPlace } from './data-place.ts';
import { toOperations } from '../operations/declared-operations.ts';
import { readDescribed } from '../operations/described-operations.ts';
import { toFingerprint } from '../fingerprint.ts';
import { toCallbackFindings } from '../operations/operation-callbacks.ts';
import { CONFIG_JSON_SCHEMA } from '../explain/option.ts';
import {
  applyOverrides,
  readOverrides,
  resolvePaths,
  sourceOf,
  type Overrides,
} from './override.ts';
import { ConfigError, toDotted, toFindings } from '../explain/problem.ts';
import type { ConfigSource } from './read-file.ts';
import { configSchema, type ParsedConfig } from '../schema.ts';
import { toSwitchFindings, toUnnamedBuiltins } from '../operations/switched-operations.ts';
import { locateConfigFile, takeConfigFile } from './take-file.ts';

export interface LoadOptions {
  /** The file, relative to the working directory. Default: `LONGHAUL_CONFIG`, then a search upwards. */
  readonly file?: string | undefined;
  /** Where the search begins. */
  readonly workingDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What flags set; wins over the environment. */
  readonly overrides?: Overrides;
  /** Whether a file that was found, not named, has to be approved before it may run, read secrets or write elsewhere. */
  readonly needsApproval?: boolean;
  /** Names that no operation may have. Default: none. */
  readonly reservedNames?: ReadonlySet<string>;
}

/** A configuration in which every option is decided. */
export interface LoadedConfig extends Frozen<Omit<ParsedConfig, 'operations'>> {
  /** Where the embedded server keeps its files, absolute. */
  readonly dataDirectory: string;
  /** Why the data directory is not beside the configuration, where no option chose one; `null` where it is. */
  readonly dataElsewhere: string | null;
  /** The file that was read, absolute; `null` when there is none. */
  readonly file: string | null;
  /** Whether the file was named, and not found. */
  readonly isNamed: boolean;
  /** The folder of the file; without one, the working directory. */
  readonly directory: string;
  /** The operations of the file, without the built-in ones. */
  readonly operations: readonly Operation[];
  /** Built-in operations that are not offered because callers authenticate and no option names them. */
  readonly unnamedBuiltins: readonly string[];
  /** The limits of an operation whose own policy says nothing. */
  readonly policyDefaults: PolicyOptions;
  /** Changes exactly when the configuration means something else to a worker. */
  readonly fingerprint: string;
}

/**
 * Loads the configuration in force. Without a file, the defaults hold.
 *
 * @throws {ConfigError} naming everything that is wrong at once
 */
export async function loadConfig(options: LoadOptions): Promise<LoadedConfig> {
  const { workingDirectory, env } = options;
  const { file, isNamed } = await locateConfigFile(options);
  const directory = file === null ? resolve(workingDirectory) : dirname(file);
  const source = file === null ? NO_FILE : await takeConfigFile({ ...options, file, isNamed });
  const overrides = readOverrides(env, options.overrides ?? {}, workingDirectory);
  const data = applyOverrides(withoutEmptyGroups(source.data), overrides);

  const parsed = configSchema.safeParse(data);
  const written = isJsonObject(data) ? data['operations'] : undefined;
  const described = await readDescribed(written, directory);
  const made = toOperations(described.entries, env, options.reservedNames ?? new Set());
  const { configured } = made;
  const findings = [...described.findings, ...made.findings];
  const wrong = toFindings(parsed.error?.issues ?? [], CONFIG_JSON_SCHEMA, data);
  if (parsed.success && findings.length === 0) {
    const broken = findIllFormed(data); // what has no end by now is no configuration
    if (broken) wrong.push({ path: broken.map(toKey), message: ILL_FORMED });
    wrong.push(...toSwitchFindings(parsed.data, configured));
    wrong.push(...toCallbackFindings(parsed.data, configured));
  }
  if (!parsed.success || wrong.length + findings.length > 0) {
    throw new ConfigError(
      [...wrong, ...findings].map(({ path, message }) => ({
        source: sourceOf(path, overrides) ?? source.locate(path),
        path: toDotted(path),
        message,
      })),
    );
  }

  const isDataChosen = isJsonObject(data) && data['dataDirectory'] !== undefined;
  const resolved = resolvePaths(parsed.data, directory);
  const place = isDataChosen
    ? { path: resolved.dataDirectory, why: null }
    : chooseDataPlace(directory, file, env);
  const { defaultTimeoutSeconds, retryAttempts } = resolved.execution;
  const unnamedBuiltins = toUnnamedBuiltins(parsed.data, configured);
  return freeze({
    ...resolved,
    dataDirectory: place.path,
    dataElsewhere: place.why,
    tools: {
      ...resolved.tools,
      operations: {
        ...Object.fromEntries(unnamedBuiltins.map((name) => [name, false])),
        ...resolved.tools.operations,
      },
    },
    unnamedBuiltins,
    policyDefaults: {
      totalTimeoutSeconds: defaultTimeoutSeconds,
      attemptTimeoutSeconds: defaultTimeoutSeconds,
      retryAttempts,
    },
    file,
    isNamed,
    directory,
    operations: configured.map(({ operation }) => operation),
    fingerprint: toFingerprint(parsed.data, configured, source.code, env),
  });
}

const NO_FILE: ConfigSource = { data: {}, code: [], locate: () => 'no configuration file' };

/** A place in a list is a number. */
function toKey(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step;
}

/** A group whose keys are all commented out is a group that says nothing. */
function withoutEmptyGroups(data: unknown): unknown {
  if (data === null || data === undefined) return {};
  if (!isJsonObject(data)) return data;
  return Object.fromEntries(Object.entries(data).filter(([, group]) => group !== null));
}

function freeze<Value extends object>(value: Value): Value {
  for (const child of Object.values(value)) {
    if (typeof child === 'object' && child !== null && !Object.isFrozen(child))
      freeze(child as object);
  }
  return Object.freeze(value);
}

// Where Temporal is, in Temporal's own words: its environment variables and its temporal.toml, as every other Temporal
// tool reads them. Invariant: a setting that cannot be honoured is refused, never dropped.
import { existsSync } from 'node:fs';
import {
  loadClientConfigProfile,
  toClientOptions,
  type ClientConfigProfile,
} from '@temporalio/envconfig';
import { OperationError } from '../../contract/errors.ts';
import { messageOf } from '../../contract/text.ts';
import type { TemporalAddress } from './connection.ts';

type Environment = Readonly<Record<string, string>>;

/**
 * The configured cluster; `null` when neither `TEMPORAL_ADDRESS` nor a profile of `temporal.toml` names one, so that the
 * embedded server is used. An empty variable counts as one that is not set. Namespace: `default` unless given.
 *
 * @throws {OperationError} `BACKEND_UNAVAILABLE`, one sentence that names the setting
 */
export function loadTemporalAddress(options: {
  readonly env: Readonly<Record<string, string | undefined>>;
}): TemporalAddress | null {
  const env = withoutEmpty(options.env);
  try {
    checkEnvironment(env);
    const profile = loadProfile(env);
    if (profile.address === undefined) {
      const wanted = env['TEMPORAL_PROFILE'];
      if (wanted === undefined) return null;
      throw new Error(`profile ${JSON.stringify(wanted)} has no address`);
    }
    checkProfile(profile);
    const { connectionOptions, namespace } = toClientOptions(profile);
    return { connectionOptions, namespace: namespace ?? 'default' };
  } catch (failure) {
    throw new OperationError(
      'BACKEND_UNAVAILABLE',
      `the address of Temporal cannot be read from TEMPORAL_* and temporal.toml: ${firstLine(failure)}`,
      { cause: failure },
    );
  }
}

/** Compose files set variables to nothing; only an empty header has a meaning, which is to remove it. */
function withoutEmpty(env: Readonly<Record<string, string | undefined>>): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && (entry[1] !== '' || entry[0].startsWith('TEMPORAL_GRPC_META_')),
    ),
  );
}

/** What the loader would take for something else without an error. */
function checkEnvironment(env: Environment): void {
  const tls = env['TEMPORAL_TLS'];
  if (tls !== undefined && !['true', 'false', '1', '0'].includes(tls)) {
    throw new Error(`TEMPORAL_TLS is ${JSON.stringify(tls)}; use true or false`);
  }
  const file = env['TEMPORAL_CONFIG_FILE'];
  if (file !== undefined && !existsSync(file)) {
    throw new Error(`TEMPORAL_CONFIG_FILE names ${file}, which does not exist`);
  }
}

function loadProfile(env: Environment): ClientConfigProfile {
  const overrideEnvVars = { ...env };
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (failure) {
    // A file without any profile, such as an empty one, is no mistake, but the loader stumbles over it.
    if (!(failure instanceof TypeError)) throw failure;
    return loadClientConfigProfile({ overrideEnvVars, disableFile: true });
  }
}

function checkProfile({ address, namespace, tls }: ClientConfigProfile): void {
  for (const [name, value] of Object.entries({ address, namespace })) {
    if (value !== undefined && (typeof value !== 'string' || value === '')) {
      throw new Error(`${name} is ${JSON.stringify(value)}; use a string that is not empty`);
    }
  }
  if ((tls?.clientCert === undefined) !== (tls?.clientKey === undefined)) {
    throw new Error('TLS needs a client certificate together with its key, and only one is given');
  }
}

/** Parsers draw the place below their message. */
function firstLine(failure: unknown): string {
  return messageOf(failure).split('\n', 1)[0] ?? '';
}

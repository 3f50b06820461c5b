// The way to Temporal: the configured cluster where there is one, the embedded server of the data directory otherwise. The key
// of the installation is the one of the configuration, or else comes with the way: from the data directory, or, for a fleet that
// has nothing else in common, from the id of its namespace.
import { existsSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import type { LoadedConfig } from '../config/index.ts';
import { deriveInstallationKey } from '../encryption/index.ts';
import { loadTemporalAddress } from '../temporal/connection/address.ts';
import {
  connectTemporal,
  type TemporalAddress,
  type TemporalConnection,
} from '../temporal/connection/connection.ts';
import { findTemporalCli, joinDataDirectory, type Membership } from '../local/index.ts';
import { installRuntime } from '../temporal/connection/runtime.ts';
import { SEARCH_ATTRIBUTES } from '../temporal/calls/search-attributes.ts';
import { UsageError, type CommandContext } from './context.ts';
import type { Log } from './log.ts';
import { loadInstallationKey, loadSecrecy } from './secrecy.ts';
import type { Telemetry } from './telemetry.ts';

/** A connection, and the key of the installation that it belongs to. */
export interface InstalledConnection extends TemporalConnection {
  readonly installationKey: KeyObject;
}

/** A connection, and the embedded server behind it where this process uses one. */
export interface OpenTemporal extends AsyncDisposable {
  readonly connected: InstalledConnection;
  /** Where people look at tasks; `null` for a cluster, which has its own, and while no process serves it. */
  readonly uiUrl: string | null;
  /** Serves the embedded server's UI; `null` for a cluster. */
  readonly serveUi: Membership['serveUi'] | null;
}

/** How a process uses Temporal. */
export interface OpenOptions {
  /** What this process is, for others on the data directory. */
  readonly role: string;
  /** Receives lines for people: progress, and what befalls the server. */
  readonly report: (line: string) => void;
  /** Where the SDK's log lines go. */
  readonly log: Log;
  /** What the process is seen by. Default: nothing. */
  readonly telemetry?: Eyes;
}

type Eyes = Pick<Telemetry, 'sdkMetrics' | 'currentTrace'>;

const NOBODY: Eyes = { sdkMetrics: null, currentTrace: null };

/** Connects, and starts the embedded server when that is the way. */
export async function openTemporal(
  context: CommandContext,
  config: LoadedConfig,
  options: OpenOptions,
): Promise<OpenTemporal> {
  const target = loadTemporalAddress({ env: context.env });
  return target ? openAt(context, config, target, options) : openEmbedded(context, config, options);
}

/** Connects to the configured cluster; commands of a fleet do not start a server of their own. */
export async function openCluster(
  context: CommandContext,
  config: LoadedConfig,
  log: Log,
  telemetry?: Eyes,
): Promise<OpenTemporal> {
  const target = loadTemporalAddress({ env: context.env });
  if (!target) {
    throw new UsageError(
      'no Temporal address is configured: set TEMPORAL_ADDRESS or a temporal.toml profile, or run `longhaul dev` for an embedded server',
    );
  }
  return openAt(context, config, target, { log, telemetry });
}

async function openAt(
  context: CommandContext,
  config: LoadedConfig,
  target: TemporalAddress,
  { log, telemetry = NOBODY }: Pick<OpenOptions, 'log'> & { readonly telemetry?: Eyes | undefined },
): Promise<OpenTemporal> {
  const secrecy = await loadSecrecy(context, config);
  const configuredKey = await loadInstallationKey(context, config);
  installRuntime(log.sink, telemetry.sdkMetrics);
  const connection = await connectTemporal(
    target,
    secrecy,
    telemetry.currentTrace,
    context.interrupted,
  );
  const installationKey = configuredKey ?? deriveInstallationKey(connection.namespaceId);
  return {
    connected: { ...connection, installationKey },
    uiUrl: null,
    serveUi: null,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Joins the data directory, whose last member stops the server. */
async function openEmbedded(
  context: CommandContext,
  config: LoadedConfig,
  { role, report, log, telemetry = NOBODY }: OpenOptions,
): Promise<OpenTemporal> {
  const { env, interrupted } = context;
  const { dataDirectory, dataElsewhere, temporal, state } = config;
  const secrecy = await loadSecrecy(context, config);
  const configuredKey = await loadInstallationKey(context, config);
  if (dataElsewhere !== null && !existsSync(dataDirectory)) {
    report(`${dataElsewhere}, so tasks are kept in ${dataDirectory}; another place: --data-dir`);
  }
  const cliEnv = temporal.cli === null ? env : { ...env, LONGHAUL_TEMPORAL_CLI: temporal.cli };
  const membership = await joinDataDirectory({
    dataDirectory,
    role,
    findCli: async () => findTemporalCli({ env: cliEnv, report, signal: interrupted }),
    port: temporal.port === 0 ? undefined : temporal.port,
    retentionMs: state.ttlSeconds * 1000,
    searchAttributes: SEARCH_ATTRIBUTES,
    report,
    signal: interrupted,
  });
  try {
    const { address, namespace } = membership.server;
    installRuntime(log.sink, telemetry.sdkMetrics);
    const connection = await connectTemporal(
      { connectionOptions: { address }, namespace },
      secrecy,
      telemetry.currentTrace,
      interrupted,
    );
    return {
      connected: { ...connection, installationKey: configuredKey ?? membership.installationKey },
      get uiUrl() {
        return membership.server.uiUrl;
      },
      serveUi: membership.serveUi,
      [Symbol.asyncDispose]: async () => {
        await connection[Symbol.asyncDispose]();
        await membership.leave();
      },
    };
  } catch (failure) {
    await membership.leave();
    throw failure;
  }
}

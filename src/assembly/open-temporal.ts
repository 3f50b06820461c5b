// The way to Temporal: the configured cluster where there is one, the embedded server of the data directory otherwise. The key
// of the installation is the one of the configuration, or else comes with the way: from the data directory, or, for a fleet that
// has nothing else in common, from the id of its namespace.
import { existsSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { deriveInstallationKey } from '../encryption/index.ts';
import {
  connectTemporal,
  type TemporalAddress,
  type TemporalConnection,
} from '../temporal/connection/connection.ts';
import { findTemporalCli, joinDataDirectory, type Membership } from '../local/index.ts';
import { installRuntime } from '../temporal/connection/runtime.ts';
import { SEARCH_ATTRIBUTES } from '../temporal/calls/search-attributes.ts';
import { UsageError, type CommandContext } from './context.ts';
import type { Keys } from './keys.ts';
import { openInOrder } from './open-in-order.ts';
import type { Settings } from './settings.ts';
import type { Telemetry } from './telemetry.ts';

export interface InstalledConnection extends TemporalConnection {
  readonly installationKey: KeyObject;
}

/** A connection, and the embedded server behind it where this process uses one. */
export interface OpenTemporal extends AsyncDisposable {
  readonly connected: InstalledConnection;
  /** Of the Temporal UI; `null` for a cluster, which has its own, and while no process serves it. */
  readonly uiUrl: string | null;
  /** Serves the embedded server's UI; `null` for a cluster. */
  readonly serveUi: Membership['serveUi'] | null;
}

/** What the way to Temporal is found with. */
interface TemporalParts extends Pick<Settings, 'role' | 'config' | 'resolved' | 'report' | 'log'> {
  readonly context: Pick<CommandContext, 'env' | 'interrupted'>;
  /** Default: none. */
  readonly telemetry?: Pick<Telemetry, 'sdkMetrics' | 'currentTrace'>;
}

/** Connects, and starts the embedded server when that is the way. */
export async function openTemporal(parts: TemporalParts): Promise<OpenTemporal> {
  const target = parts.resolved.address();
  return target ? openAt(parts, target) : openEmbedded(parts);
}

/** Connects to the configured cluster; commands of a fleet do not start a server of their own. */
export async function openCluster(parts: TemporalParts): Promise<OpenTemporal> {
  const target = parts.resolved.address();
  if (!target) {
    throw new UsageError(
      'no Temporal address is configured: set TEMPORAL_ADDRESS or a temporal.toml profile, or run `longhaul dev` for an embedded server',
    );
  }
  return openAt(parts, target);
}

async function openAt(parts: TemporalParts, target: TemporalAddress): Promise<OpenTemporal> {
  const { encryption, installationKey: configuredKey } = await parts.resolved.keys();
  const connection = await connect(parts, target, encryption);
  const installationKey = configuredKey ?? deriveInstallationKey(connection.namespaceId);
  return {
    connected: { ...connection, installationKey },
    uiUrl: null,
    serveUi: null,
    [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose](),
  };
}

/** Joins the data directory, whose last member stops the server. */
async function openEmbedded(parts: TemporalParts): Promise<OpenTemporal> {
  const { role, report } = parts;
  const { env, interrupted } = parts.context;
  const { dataDirectory, dataElsewhere, temporal, state } = parts.config;
  const { encryption, installationKey: configuredKey } = await parts.resolved.keys();
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
  return openInOrder(async (add) => {
    add({ [Symbol.asyncDispose]: membership.leave });
    const { address, namespace } = membership.server;
    const target = { connectionOptions: { address }, namespace };
    const connection = add(await connect(parts, target, encryption));
    return {
      connected: { ...connection, installationKey: configuredKey ?? membership.installationKey },
      uiUrl: membership.server.uiUrl,
      serveUi: membership.serveUi,
    };
  });
}

async function connect(
  { context, log, telemetry }: TemporalParts,
  target: TemporalAddress,
  encryption: Keys['encryption'],
): Promise<TemporalConnection> {
  const { sdkMetrics = null, currentTrace = null } = telemetry ?? {};
  installRuntime(log.sink, sdkMetrics);
  return connectTemporal(target, encryption, currentTrace, context.interrupted);
}

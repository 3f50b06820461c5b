// The way to Temporal: the configured cluster where there is one, the embedded server of the data directory otherwise.
import type { LoadedConfig } from '../config/index.ts';
import type { Secrecy } from '../secrecy/index.ts';
import { loadTemporalAddress } from '../temporal/address.ts';
import {
  connectTemporal,
  type TemporalAddress,
  type TemporalConnection,
} from '../temporal/connection.ts';
import { findTemporalCli, joinDataDirectory } from '../temporal/embedded/index.ts';
import { installRuntime } from '../temporal/runtime.ts';
import { SEARCH_ATTRIBUTES } from '../temporal/search-attributes.ts';
import { UsageError, type CommandContext } from './context.ts';
import type { Log } from './log.ts';
import { loadSecrecy } from './secrecy.ts';
import type { Telemetry } from './telemetry.ts';

/** A connection, and the embedded server behind it where this process uses one. */
export interface OpenTemporal extends AsyncDisposable {
  readonly connected: TemporalConnection;
  /** Where people look at tasks; `null` for a cluster, which has its own. */
  readonly uiUrl: string | null;
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
  /** Of the codec server that the embedded server's UI is told when it is started. Default: none. */
  readonly uiCodecUrl?: string | undefined;
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
  const secrecy = await loadSecrecy(context, config);
  const { log, telemetry } = options;
  return target
    ? openAt(target, secrecy, log, telemetry)
    : openEmbedded(context, config, secrecy, options);
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
  return openAt(target, await loadSecrecy(context, config), log, telemetry);
}

async function openAt(
  target: TemporalAddress,
  secrecy: Secrecy | null,
  log: Log,
  telemetry: Eyes = NOBODY,
): Promise<OpenTemporal> {
  installRuntime(log.sink, telemetry.sdkMetrics);
  const connected = await connectTemporal(target, secrecy, telemetry.currentTrace);
  return { connected, uiUrl: null, [Symbol.asyncDispose]: () => connected[Symbol.asyncDispose]() };
}

/** Joins the data directory, whose last member stops the server. */
async function openEmbedded(
  { env, interrupted }: CommandContext,
  { dataDirectory, temporal, state }: LoadedConfig,
  secrecy: Secrecy | null,
  { role, report, log, telemetry = NOBODY, uiCodecUrl }: OpenOptions,
): Promise<OpenTemporal> {
  const cliEnv = temporal.cli === null ? env : { ...env, LONGHAUL_TEMPORAL_CLI: temporal.cli };
  const membership = await joinDataDirectory({
    dataDirectory,
    role,
    findCli: async () => findTemporalCli({ env: cliEnv, report, signal: interrupted }),
    port: temporal.port === 0 ? undefined : temporal.port,
    uiPort: temporal.uiPort === 0 ? undefined : temporal.uiPort,
    retentionMs: state.ttlSeconds * 1000,
    searchAttributes: SEARCH_ATTRIBUTES,
    uiCodecUrl,
    report,
    signal: interrupted,
  });
  try {
    const { address, namespace, uiUrl } = membership.server;
    installRuntime(log.sink, telemetry.sdkMetrics);
    const connected = await connectTemporal(
      { connectionOptions: { address }, namespace },
      secrecy,
      telemetry.currentTrace,
    );
    return {
      connected,
      uiUrl,
      [Symbol.asyncDispose]: async () => {
        await connected[Symbol.asyncDispose]();
        await membership.leave();
      },
    };
  } catch (failure) {
    await membership.leave();
    throw failure;
  }
}

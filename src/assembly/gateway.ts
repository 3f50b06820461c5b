// The HTTP gateway of `dev` and `serve`: the same over a task service, whoever works on the tasks.
import type { LoadedConfig } from '../config/index.ts';
import type { Gate } from '../auth/index.ts';
import type { Files } from '../contract/file.ts';
import { startHttpGateway, type HttpGateway } from '../mcp/http/gateway.ts';
import type { Registry } from '../operations/registry.ts';
import { announce } from './banner.ts';
import type { CommandContext } from './context.ts';
import type { Flags } from './flags.ts';
import type { Log } from './log.ts';
import { createFaces, createService, LOCAL, toOffered, type EquippedConnection } from './parts.ts';
import type { Telemetry } from './telemetry.ts';

/** Longest wait for calls that run while the gateway stops, in milliseconds; waits are cut short. */
export const CLOSE_GRACE_MS = 5_000;

/** What a gateway is made from, beside its configuration. */
export interface GatewayParts {
  readonly registry: Registry;
  readonly connected: EquippedConnection;
  readonly gate: Gate | null;
  readonly files: Files | null;
  readonly telemetry: Telemetry;
  readonly log: Log;
  /** The worker of this process; `null` where others work. */
  readonly worker: { readonly isPolling: boolean } | null;
  /** Of the Temporal UI; `null` where it is not known. */
  readonly uiUrl: string | null;
}

/** Starts the gateway, and says where it is. */
export async function startConfiguredGateway(
  context: CommandContext,
  flags: Flags,
  config: LoadedConfig,
  parts: GatewayParts,
): Promise<HttpGateway> {
  const { registry, connected, gate, files, telemetry, log, worker, uiUrl } = parts;
  const tasks = createService(config, registry, connected, worker !== null, files);
  const principal = gate ? null : LOCAL;
  const { onRefusal } = telemetry;
  const watched = { tasks: telemetry.observeTasks(tasks), log, onRefusal };
  const gateway = await startHttpGateway({
    factory: createFaces(config, registry, watched, principal, files),
    gate,
    host: config.server.host,
    port: config.server.port,
    observe: telemetry.observeRequest,
    allowedHosts: config.server.allowedHosts,
    maxBodyBytes: config.server.maxBodyBytes,
    maxConnections: config.server.maxConnections,
    readiness: async () => {
      const isAlive = await connected.isAlive();
      const isPolling = worker?.isPolling ?? null;
      return { ready: isAlive && isPolling !== false, temporal: isAlive, worker: isPolling };
    },
  });
  const banner = {
    mcpUrl: gateway.url,
    uiUrl,
    metricsUrl: telemetry.pageUrl,
    registry: toOffered(config, registry),
    unnamedBuiltins: config.unnamedBuiltins,
    gate,
    startedInMs: performance.now(),
  };
  announce(context, banner, flags.json ?? false);
  return gateway;
}

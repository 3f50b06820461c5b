// The HTTP gateway of `dev` and `serve`.
import { startHttpGateway, type HttpGateway } from '../mcp/http/gateway.ts';
import { announce } from './banner.ts';
import { createFaces } from './faces.ts';
import type { Backend, Process } from './process.ts';

/** Longest wait for calls that run while the gateway stops, in milliseconds; waits are cut short. */
export const CLOSE_GRACE_MS = 5_000;

/** @param worker the worker of this process; `null` where others work */
export async function startConfiguredGateway(
  parts: Process,
  backend: Backend,
  worker: { readonly isPolling: boolean } | null,
): Promise<HttpGateway> {
  const { context, flags, config, offered, gate, telemetry } = parts;
  const { server } = config;
  const gateway = await startHttpGateway({
    factory: createFaces(parts, backend.tasks),
    gate,
    takeCallback: backend.tasks.takeCallback,
    ...server,
    observe: telemetry.observeRequest,
    readiness: async () => {
      const isAlive = await backend.connected.isAlive();
      const isPolling = worker?.isPolling ?? null;
      const upstreams = worker ? toStates(parts.upstreams.health.read()) : {};
      return {
        ...{ ready: isAlive && isPolling !== false, temporal: isAlive, worker: isPolling },
        ...(Object.keys(upstreams).length > 0 && { upstreams }),
      };
    },
  });
  parts.receiver.base ??= gateway.origin;
  const banner = {
    mcpUrl: gateway.url,
    uiUrl: backend.uiUrl,
    metricsUrl: telemetry.pageUrl,
    registry: offered,
    unnamedBuiltins: config.unnamedBuiltins,
    gate,
    startedInMs: performance.now(),
  };
  announce(context, banner, flags.json ?? false);
  return gateway;
}

/** Why one fails is in the log: the page needs no token. */
function toStates(
  health: ReadonlyMap<string, { readonly failures: number }>,
): Readonly<Record<string, 'ok' | 'failing'>> {
  const states = [...health].map(
    ([name, { failures }]) => [name, failures === 0 ? 'ok' : 'failing'] as const,
  );
  return Object.fromEntries(states);
}

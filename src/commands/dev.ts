// `longhaul dev`: gateway and worker in one process, over the embedded server unless an address is configured.
import { startHttpGateway } from '../mcp/http.ts';
import { announce } from './banner.ts';
import { createConfiguredRegistry, loadConfiguration } from './configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from './context.ts';
import { openDevCodec } from './dev-codec.ts';
import type { Flags } from './flags.ts';
import { openGate } from './gate.ts';
import { untilAborted } from './interruption.ts';
import { openLog } from './log.ts';
import { openTemporal } from './open-temporal.ts';
import { openStorage } from './storage.ts';
import { openTelemetry } from './telemetry.ts';
import {
  createFaces,
  createService,
  LOCAL,
  openConfiguredBreakers,
  startConfiguredWorker,
} from './parts.ts';

/** Longest wait for calls that run while the gateway stops, in milliseconds; waits are cut short. */
export const CLOSE_GRACE_MS = 5_000;

/** Runs until it is interrupted, or until the worker fails. */
export async function dev(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const config = await loadConfiguration(context, flags);
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const gate = await openGate(context, config, registry, log);
  const report = (line: string) => void context.stderr.write(`${line}\n`);
  await using telemetry = await openTelemetry(config, registry, 'dev');
  await using codec = await openDevCodec(context, config, gate, log);
  const uiCodecUrl = codec.url ?? undefined;
  const options = { role: 'dev', report, log, telemetry, uiCodecUrl };
  await using storage = await openStorage(context, config);
  const { files } = storage;
  await using temporal = await openTemporal(context, config, options);
  const { connected, uiUrl } = temporal;
  if (uiUrl !== null) codec.allow(uiUrl);
  await using breakers = await openConfiguredBreakers(config, registry, connected, log);
  const equipped = { ...connected, breakers };
  await using worker = await startConfiguredWorker(
    context,
    config,
    registry,
    equipped,
    telemetry.observer,
    files,
  );
  storage.startSweeping(registry, connected, log);
  telemetry.watchFleet(connected, breakers);
  const factory = createFaces(
    config,
    registry,
    telemetry.observeTasks(createService(config, registry, equipped, true, files)),
    log,
    gate ? null : LOCAL,
    files,
  );
  await using gateway = await startHttpGateway({
    factory,
    gate,
    host: config.server.host,
    port: config.server.port,
    observe: telemetry.observeRequest,
    allowedHosts: config.server.allowedHosts,
    maxBodyBytes: config.server.maxBodyBytes,
    readiness: async () => {
      const isAlive = await connected.isAlive();
      return { ready: isAlive && worker.isPolling, temporal: isAlive, worker: worker.isPolling };
    },
  });
  announce(
    context,
    {
      mcpUrl: gateway.url,
      uiUrl,
      metricsUrl: telemetry.pageUrl,
      registry,
      startedInMs: performance.now(),
    },
    flags.json ?? false,
  );
  await Promise.race([untilAborted(context.interrupted), worker.ended]);
  report('Stopping: running attempts may finish, open tasks are kept ...');
  await gateway.close(CLOSE_GRACE_MS);
  return EXIT.ok;
}

// `longhaul serve`: the HTTP gateway alone, stateless, any number of replicas over a configured cluster.
import { createConfiguredRegistry, loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { openGate } from '../assembly/gate.ts';
import { CLOSE_GRACE_MS, startConfiguredGateway } from '../assembly/gateway.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openLog } from '../assembly/log.ts';
import { openCluster } from '../assembly/open-temporal.ts';
import { openStorage } from '../assembly/storage.ts';
import { openTelemetry } from '../assembly/telemetry.ts';
import { openConfiguredBreakers } from '../assembly/parts.ts';

/**
 * What the native client calls the number of its threads. Unless told otherwise it has one per core; one keeps up with the
 * one thread of JavaScript, sends more with each write, and leaves the other cores to whoever shares the machine.
 */
const NATIVE_THREADS = 'TOKIO_WORKER_THREADS';

/** Runs until it is interrupted. */
export async function serve(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const config = await loadConfiguration(context, flags);
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const gate = await openGate(context, config, registry, log);
  // eslint-disable-next-line no-restricted-properties -- the native client reads the process, not the context
  process.env[NATIVE_THREADS] ??= '1';
  await using telemetry = await openTelemetry(config, registry, 'serve');
  await using storage = await openStorage(context, config);
  const { files } = storage;
  await using temporal = await openCluster(context, config, log, telemetry);
  const { connected } = temporal;
  await using breakers = await openConfiguredBreakers(config, registry, connected, log);
  telemetry.watchFleet(connected, breakers);
  await using gateway = await startConfiguredGateway(context, flags, config, {
    registry,
    connected: { ...connected, breakers },
    gate,
    files,
    telemetry,
    log,
    worker: null,
    uiUrl: null,
  });
  await untilAborted(context.interrupted);
  await gateway.close(CLOSE_GRACE_MS);
  return EXIT.ok;
}

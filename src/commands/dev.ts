// `longhaul dev`: gateway and worker in one process, over the embedded server unless an address is configured.
import { createConfiguredRegistry, loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { openDevCodec } from '../assembly/dev-codec.ts';
import type { Flags } from '../assembly/flags.ts';
import { openGate } from '../assembly/gate.ts';
import { CLOSE_GRACE_MS, startConfiguredGateway } from '../assembly/gateway.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openLog } from '../assembly/log.ts';
import { openTemporal } from '../assembly/open-temporal.ts';
import { openStorage } from '../assembly/storage.ts';
import { openTelemetry } from '../assembly/telemetry.ts';
import { openUi } from '../assembly/temporal-ui.ts';
import { openConfiguredBreakers, startConfiguredWorker } from '../assembly/parts.ts';

/** Runs until it is interrupted, or until the worker fails. */
export async function dev(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const config = await loadConfiguration(context, flags);
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const gate = await openGate(context, config, registry, log);
  const report = (line: string) => void context.stderr.write(`${line}\n`);
  await using telemetry = await openTelemetry(config, registry, 'dev');
  await using codec = await openDevCodec(context, config, gate, log);
  const options = { role: 'dev', report, log, telemetry };
  await using storage = await openStorage(context, config);
  const { files } = storage;
  await using temporal = await openTemporal(context, config, options);
  const { connected } = temporal;
  await using ui = await openUi(context, config, temporal, { codecUrl: codec.url, report, log });
  if (ui) codec.allow(ui.url);
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
  await using gateway = await startConfiguredGateway(context, flags, config, {
    registry,
    connected: equipped,
    gate,
    files,
    telemetry,
    log,
    worker,
    uiUrl: ui?.url ?? null,
  });
  await Promise.race([untilAborted(context.interrupted), worker.ended]);
  report('Stopping: running attempts may finish, open tasks are kept ...');
  await gateway.close(CLOSE_GRACE_MS);
  return EXIT.ok;
}

// `longhaul worker`: the worker alone. Over a configured cluster any number of them; as the background worker of a data
// directory one, which outlives the sessions that started it and leaves when nobody needs it.
import { untilIdle } from '../assembly/background/idle.ts';
import { BACKGROUND_ROLE } from '../assembly/background/state.ts';
import { createConfiguredRegistry, loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openLog } from '../assembly/log.ts';
import { openCluster, openTemporal } from '../assembly/open-temporal.ts';
import { openConfiguredBreakers, startConfiguredWorker } from '../assembly/parts.ts';
import { openStorage } from '../assembly/storage.ts';
import { openTelemetry, openTelemetryIfPossible } from '../assembly/telemetry.ts';
import { openUiIfPossible } from '../assembly/temporal-ui.ts';

/** Runs until it is interrupted, fails, or, in the background, is no longer needed. */
export async function worker(
  context: CommandContext,
  flags: Flags & { readonly background?: boolean },
): Promise<ExitCode> {
  // Sessions of clients start it, and its file may have changed since theirs was approved.
  const config = await loadConfiguration(context, flags, flags.background ? 'client' : 'person');
  const registry = createConfiguredRegistry(config);
  const log = openLog(context, config.observability.logLevel);
  const report = (line: string) => {
    log.info(line);
  };
  await using telemetry = flags.background
    ? await openTelemetryIfPossible(config, registry, log)
    : await openTelemetry(config, registry, 'worker');
  await using storage = await openStorage(context, config);
  await using temporal = flags.background
    ? await openTemporal(context, config, { role: BACKGROUND_ROLE, report, log, telemetry })
    : await openCluster(context, config, log, telemetry);
  const { connected } = temporal;
  await using ui = await openUiIfPossible(context, config, temporal, { report, log });
  await using breakers = await openConfiguredBreakers(config, registry, connected, log);
  await using running = await startConfiguredWorker(
    context,
    config,
    registry,
    { ...connected, breakers },
    telemetry.observer,
    storage.files,
  );
  storage.startSweeping(registry, connected, log);
  telemetry.watchFleet(connected, breakers);
  log.info('worker polls', {
    task_queue: config.temporal.taskQueue,
    operations: registry.all.length,
    ...(telemetry.pageUrl !== null && { metrics_url: telemetry.pageUrl }),
    ...(ui && { temporal_ui_url: ui.url }),
  });
  await Promise.race([
    untilAborted(context.interrupted),
    running.ended,
    ...(flags.background ? [untilIdle(config, connected, context.interrupted)] : []),
  ]);
  log.info('worker drains');
  return EXIT.ok;
}

// `longhaul worker`: the worker alone. Over a configured cluster any number of them; as the background worker of a data
// directory one, which outlives the sessions that started it and ends when it is no longer needed.
import { untilIdle } from '../assembly/background/idle.ts';
import { BACKGROUND_ROLE } from '../assembly/background/state.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openBackend, openProcess } from '../assembly/process.ts';
import { startConfiguredWorker } from '../assembly/worker.ts';

/** Runs until it is interrupted, fails, or, in the background, is no longer needed. */
export async function worker(
  context: CommandContext,
  flags: Flags & { readonly background?: boolean },
): Promise<ExitCode> {
  const role = flags.background ? BACKGROUND_ROLE : 'worker';
  await using parts = await openProcess(context, flags, role);
  const { config, registry, log, telemetry } = parts;
  await using backend = await openBackend(parts);
  await using running = await startConfiguredWorker(parts, backend);
  log.info('worker polls', {
    task_queue: config.temporal.taskQueue,
    operations: registry.all.length,
    ...(telemetry.pageUrl !== null && { metrics_url: telemetry.pageUrl }),
    ...(backend.uiUrl !== null && { temporal_ui_url: backend.uiUrl }),
  });
  await Promise.race([
    untilAborted(context.interrupted),
    running.ended,
    ...(flags.background ? [untilIdle(config, backend.connected, context.interrupted)] : []),
  ]);
  log.info('worker drains');
  return EXIT.ok;
}

// `longhaul dev`: gateway and worker in one process, over the embedded server unless an address is configured.
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { CLOSE_GRACE_MS, startConfiguredGateway } from '../assembly/gateway.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openBackend, openProcess } from '../assembly/process.ts';
import type { Settings } from '../assembly/settings.ts';
import { startConfiguredWorker } from '../assembly/worker.ts';

/**
 * Runs until it is interrupted, or until the worker fails.
 *
 * @param check throws where what was loaded is not to be served. Default: all is
 */
export async function dev(
  context: CommandContext,
  flags: Flags,
  check?: (settings: Settings) => void,
): Promise<ExitCode> {
  await using parts = await openProcess(context, flags, 'dev');
  check?.(parts);
  await using backend = await openBackend(parts);
  await using worker = await startConfiguredWorker(parts, backend);
  await using gateway = await startConfiguredGateway(parts, backend, worker);
  await Promise.race([untilAborted(context.interrupted), worker.ended]);
  parts.report('Stopping: running attempts may finish, open tasks are kept ...');
  await gateway.close(CLOSE_GRACE_MS);
  return EXIT.ok;
}

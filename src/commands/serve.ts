// `longhaul serve`: the HTTP gateway alone, stateless, any number of replicas over a configured cluster.
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { CLOSE_GRACE_MS, startConfiguredGateway } from '../assembly/gateway.ts';
import { untilAborted } from '../assembly/interruption.ts';
import { openBackend, openProcess } from '../assembly/process.ts';

/**
 * What the native client calls the number of its threads. Unless this is set it has one per core; one keeps up with the
 * one thread of JavaScript, sends more with each write, and leaves the other cores to other processes.
 */
const NATIVE_THREADS = 'TOKIO_WORKER_THREADS';

/** Runs until it is interrupted. */
export async function serve(context: CommandContext, flags: Flags): Promise<ExitCode> {
  // eslint-disable-next-line no-restricted-properties -- the native client reads the process, not the context
  process.env[NATIVE_THREADS] ??= '1';
  await using parts = await openProcess(context, flags, 'serve');
  await using backend = await openBackend(parts);
  parts.telemetry.watchFleet(backend.connected, backend.breakers);
  await using gateway = await startConfiguredGateway(parts, backend, null);
  await untilAborted(context.interrupted);
  await gateway.close(CLOSE_GRACE_MS);
  return EXIT.ok;
}

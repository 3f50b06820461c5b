// The worker of `dev`, of `worker`, and of a data directory.
import { startWorker, type RunningWorker } from '../temporal/worker/worker.ts';
import { toCallbackOptions } from './callback-parts.ts';
import { createService } from './parts.ts';
import type { Backend, Process } from './process.ts';

/** Starts it; from then on it sweeps the files, and the fleet is watched. */
export async function startConfiguredWorker(
  parts: Process,
  backend: Backend,
): Promise<RunningWorker> {
  const { config, registry, log, telemetry, callbacks, secret, services } = parts;
  const { connected, breakers } = backend;
  const { execution, temporal } = config;
  const { files } = parts.storage;
  // Of its own, so that a delivery takes none of the waits that its caller may have.
  const tasks = createService(parts, backend, false);
  const worker = await startWorker({
    connection: connected.connection,
    namespace: connected.namespace,
    registry,
    taskQueue: temporal.taskQueue,
    maxConcurrency: execution.maxConcurrency,
    // Where nobody authenticates there is one principal, and nobody to keep a slot for.
    runningShare: config.auth.mode === 'none' ? 1 : config.limits.runningShare,
    files,
    maxResultBytes: files
      ? Math.min(execution.maxResultBytes, config.storage.inlineLimitBytes)
      : execution.maxResultBytes,
    shutdownGraceMs: execution.shutdownGraceSeconds * 1000,
    secret,
    services,
    breakers,
    keyring: connected.secrecy?.keyring ?? null,
    observer: telemetry.observer,
    callbacks: toCallbackOptions(config, callbacks, tasks, secret),
  });
  parts.storage.startSweeping(registry, connected, log);
  telemetry.watchFleet(connected, breakers);
  return worker;
}

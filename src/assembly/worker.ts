// The worker of `dev`, of `worker`, and of a data directory.
import type { WorkerDeploymentVersion } from '@temporalio/common';
import { startWorker, type RunningWorker } from '../temporal/worker/worker.ts';
import { toCallbackOptions } from './callback-parts.ts';
import type { Backend, Process } from './process.ts';

/** Starts it; from then on the files are swept and the fleet is measured. */
export async function startConfiguredWorker(
  parts: Process,
  backend: Backend,
): Promise<RunningWorker> {
  const { config, registry, log, telemetry, callbacks, resolved, services, upstreams } = parts;
  const { connected, breakers, tasks, targets } = backend;
  const { execution, temporal } = config;
  const { files } = parts.storage;
  const worker = await startWorker({
    connection: connected.connection,
    namespace: connected.namespace,
    registry,
    asks: upstreams.asks,
    findLater: (name) => {
      upstreams.catchUp();
      return registry.all.find(({ operation }) => operation.name === name)?.operation ?? null;
    },
    taskQueue: temporal.taskQueue,
    build: toBuild(parts),
    maxConcurrency: execution.maxConcurrency,
    cancelMs: execution.cancelSeconds * 1000,
    pushesCancels: connected.pushesCancels,
    // Without authentication there is one principal, and no other to keep a slot for.
    runningShare: config.auth.mode === 'none' ? 1 : config.limits.runningShare,
    files,
    maxResultBytes: files
      ? Math.min(execution.maxResultBytes, config.storage.inlineLimitBytes)
      : execution.maxResultBytes,
    shutdownGraceMs: execution.shutdownGraceSeconds * 1000,
    secret: resolved.secret,
    services,
    targets,
    breakers,
    keyring: connected.encryption?.keyring ?? null,
    observer: telemetry.observer,
    callbacks: toCallbackOptions(config, callbacks, tasks.waitUnlimited, resolved.secret),
  });
  parts.storage.startSweeping(registry, connected, log);
  telemetry.watchFleet(connected, breakers);
  return worker;
}

/** One process that is gateway, worker and server has no other build beside it. */
function toBuild({ role, config }: Process): WorkerDeploymentVersion | null {
  const { buildId, deploymentName } = config.temporal;
  return role === 'worker' && buildId !== null ? { buildId, deploymentName } : null;
}

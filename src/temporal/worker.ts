// The worker: polls the task queue and runs attempts. Stopping it means: take nothing new, let attempts finish within
// the grace time, then tell them to stop.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type NativeConnection } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import type { Registry } from '../operations/registry.ts';

/** What a worker needs. */
export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly registry: Registry;
  /** Attempts at once. */
  readonly maxConcurrency: number;
  /** Largest result, as JSON in bytes. */
  readonly maxResultBytes: number;
  /** How long attempts may go on after `stop`, in milliseconds. */
  readonly shutdownGraceMs: number;
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
}

/** A worker that polls. */
export interface RunningWorker extends AsyncDisposable {
  readonly isPolling: boolean;
  /** Drains and ends; resolves when the last attempt has ended. */
  stop(): Promise<void>;
  /** Rejects when the worker fails by itself; resolves when it was stopped. */
  readonly ended: Promise<void>;
}

/** After the grace time: how long an attempt that was told to stop may take, in milliseconds. */
export const FORCE_AFTER_MS = 5_000;

/** Starts a worker; it polls when the promise resolves. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { registry, secret, maxResultBytes } = options;
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    ...findWorkflows(),
    activities: createActivities(
      registry.all.map(({ operation }) => operation),
      { secret, maxResultBytes },
    ),
    maxConcurrentActivityTaskExecutions: options.maxConcurrency,
    // A cancel travels with a heartbeat's reply: with the default of 60 s it took six.
    maxHeartbeatThrottleInterval: '1s',
    // A worker that was killed leaves its workflows to others this long after; the default is 10 s.
    stickyQueueScheduleToStartTimeout: '3s',
    // The SDK's default is 0: every running attempt would be cancelled at once.
    shutdownGraceTime: options.shutdownGraceMs,
    shutdownForceTime: options.shutdownGraceMs + FORCE_AFTER_MS,
  });
  const ended = worker.run();
  ended.catch(() => undefined); // whoever starts a worker awaits `ended`; until then it is no unhandled rejection
  const stop = async () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
    await ended;
  };
  return {
    get isPolling() {
      return worker.getState() === 'RUNNING';
    },
    ended,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/** The bundle of the build, or the sources where there is none: both lie relative to this file. */
function findWorkflows(): { workflowBundle: { codePath: string } } | { workflowsPath: string } {
  const codePath = fileURLToPath(new URL('../../workflow-bundle.js', import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return {
    workflowsPath: fileURLToPath(new URL(`../../workflows/index.${extension}`, import.meta.url)),
  };
}

// The worker: polls the task queue and runs attempts. Stopping it means: take nothing new, let attempts finish within the grace
// time, then abort them.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkerDeploymentVersion } from '@temporalio/common';
import {
  Runtime,
  Worker,
  type FixedSizeSlotSupplier,
  type NativeConnection,
} from '@temporalio/worker';
import {
  createCallbackActivities,
  type CallbackOptions,
} from '../../../activities/callback/callback.ts';
import type { Guard } from '../../../activities/attempt/guard.ts';
import { createWatch } from '../../../activities/attempt/watch.ts';
import { createActivities, createAskActivity } from '../../../activities/index.ts';
import { createFollowers, type Followers } from '../../../activities/workflow/followers.ts';
import { toAttemptQueue } from '../../contract/workflow/attempt-queue.ts';
import type { Files } from '../../contract/file.ts';
import type { WorkerObserver } from '../../contract/workflow/observation.ts';
import type { Operation, RunSteps } from '../../operations/operation.ts';
import type { Registry } from '../../operations/registry.ts';
import type { Targets } from '../../operations/targets.ts';
import type { Services } from '../../operations/services.ts';
import type { Keyring } from '../../encryption/index.ts';
import { startAttemptWorkers } from './attempt-workers.ts';
import type { Breakers } from '../breaker/breakers.ts';
import { encodeFailures, toDataConverter, type Workflows } from '../codec/encryption.ts';
import { startDeliveryWorker } from './delivery-worker.ts';
import { findHolderQueue, startHolderWorker } from './holder-worker.ts';
import { createLogFields } from './log-fields.ts';
import { createObservingInterceptor, createSinks } from './observation.ts';
import { joinWorkers, runWorker, toRunningWorker, type RunningWorker } from './running-worker.ts';
import { createPacedSlots, type PacedSlots } from './paced-slots.ts';
import { createSlotShare } from './slot-share.ts';

export type { RunningWorker };

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly registry: Registry;
  /** How an upstream is asked for what is no tool. Default: there is none. */
  readonly asks?: RunSteps | null;
  /** An operation that came after the start. Default: there is none. */
  readonly findLater?: ((operation: string) => Operation | null) | undefined;
  /** Of which build of which worker deployment it is. Default: of none, and any worker takes any task. */
  readonly build?: WorkerDeploymentVersion | null;
  /** Attempts at once. */
  readonly maxConcurrency: number;
  /** Share of them that one principal takes while others are free; 1 is all. Default: 1. */
  readonly runningShare?: number;
  /** How soon a cancel reaches an attempt that Temporal does not tell of it, in milliseconds. Default: 1,000. */
  readonly cancelMs?: number;
  /** Whether Temporal tells a worker that an activity of a workflow is cancelled. Default: it does not. */
  readonly pushesCancels?: boolean;
  /** Largest result, as JSON in bytes. */
  readonly maxResultBytes: number;
  /** How long attempts may go on after `stop`, in milliseconds. */
  readonly shutdownGraceMs: number;
  /** Reads a secret by reference, at the moment of use. */
  readonly secret: (reference: string) => Promise<string>;
  /** What operations share; the caller closes it afterwards. */
  readonly services: Pick<Services, 'get'>;
  /** Workflows of others. Default: no operation of that kind can be run. */
  readonly targets?: Targets | null;
  /** Where large parameters and results are kept. Default: nowhere. */
  readonly files?: Files | null;
  /** What stands before attempts. Default: nothing. */
  readonly breakers?: Pick<Breakers, 'guard'> | null;
  /** How callbacks are delivered. Absent in a worker that delivers none. */
  readonly callbacks?: CallbackOptions;
  /** With what payloads are encrypted. Default: they are not. */
  readonly keyring?: Keyring | null;
  /** Gets reports of tasks and attempts. Default: none is made. */
  readonly observer?: WorkerObserver | null;
  /** The code of the workflows, with what reports to the observer. Default: that of the build, or the sources. */
  readonly workflowBundle?: { readonly codePath: string };
}

/** After the grace time: how long an aborted attempt may take to stop, in milliseconds. */
export const FORCE_AFTER_MS = 5_000;

/**
 * Open tasks whose workflow a worker keeps, 55 KiB each; of any other it reads the history anew when something happens to it. The SDK
 * would keep 2,500 in a heap of 4 GiB, and 10 in a small one, where every attempt of 50 at once would be preceded by a replay.
 */
const MAX_CACHED = 500;

/** Starts a worker; it polls when the promise resolves. */
export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { registry, secret, services, maxResultBytes, keyring = null, observer = null } = options;
  const activity = [
    ...(observer ? [createObservingInterceptor(observer)] : []),
    createLogFields(() => observer?.traceId() ?? null),
  ];
  const workflows = options.workflowBundle
    ? { workflowBundle: options.workflowBundle }
    : findWorkflows(observer !== null);
  const followers = createFollowers((message, fields) => {
    Runtime.instance().logger.warn(message, fields);
  });
  const callbacks = options.callbacks && createCallbackActivities(options.callbacks);
  const paced = (options.runningShare ?? 1) < 1 ? pace(options) : null;
  const holder = findHolderQueue(registry, options.taskQueue, Boolean(options.asks));
  const ofAttempts = {
    ...{ secret, services, maxResultBytes, files: options.files },
    ...{ cancelMs: options.cancelMs, pushesCancels: options.pushesCancels },
    watch: createWatch(options.cancelMs),
    ...{ targets: options.targets, followers, holder: holder ?? undefined },
  };
  const attempts = {
    connection: options.connection,
    namespace: options.namespace,
    activities: {
      ...createActivities(
        registry.all.map(({ operation }) => operation),
        ofAttempts,
        createGuards(options, paced),
        options.findLater,
      ),
      ...(options.asks && createAskActivity(options.asks, ofAttempts)),
      ...callbacks, // of deliveries that a worker of an earlier version has planned
    },
    dataConverter: toDataConverter(keyring),
    maxConcurrentActivityTaskExecutions: options.maxConcurrency,
    // Progress is at most a second old. How often an attempt without progress sends a heartbeat is decided there.
    maxHeartbeatThrottleInterval: '1s',
    // The SDK's default is 0: every running attempt would be cancelled at once.
    shutdownGraceTime: options.shutdownGraceMs,
    shutdownForceTime: options.shutdownGraceMs + FORCE_AFTER_MS,
  };
  const { maxConcurrentActivityTaskExecutions, ...rest } = attempts;
  const worker = await Worker.create({
    ...rest,
    taskQueue: options.taskQueue,
    ...(options.build && { workerDeploymentOptions: toDeployment(options.build) }),
    ...workflows,
    ...(observer && { sinks: createSinks(observer) }),
    interceptors: { activity, workflowModules: toModules(workflows, observer) },
    ...(keyring && (await encodeFailures(workflows))),
    // A worker that was killed leaves its workflows to others this long after; the default is 10 s.
    stickyQueueScheduleToStartTimeout: '3s',
    maxCachedWorkflows: MAX_CACHED,
    tuner: {
      activityTaskSlotSupplier: paced?.supplier ?? fixed(maxConcurrentActivityTaskExecutions),
      // What one thread has taken waits there in line, out of reach of the turns that principals take: no long line.
      workflowTaskSlotSupplier: fixed(16),
      localActivityTaskSlotSupplier: fixed(1),
      nexusTaskSlotSupplier: fixed(1),
    },
  });
  const withoutWorkflows = { ...attempts, interceptors: { activity } };
  const delivering = callbacks
    ? [await startDeliveryWorker({ ...withoutWorkflows, activities: callbacks }, options.taskQueue)]
    : [];
  const own = await startAttemptWorkers({
    ...options,
    attempts: withoutWorkflows,
    stopMs: options.shutdownGraceMs + 2 * FORCE_AFTER_MS,
  });
  const holding = holder === null ? [] : [await startHolderWorker(withoutWorkflows, holder)];
  const all = [runWorker(worker), ...delivering, ...own, ...holding];
  return withFollowers(joinWorkers(all), followers);
}

function pace({ namespace, taskQueue, maxConcurrency }: WorkerOptions): PacedSlots {
  const gauge = Runtime.instance().metricMeter.createGauge('temporal_worker_task_slots_available');
  const labels = { namespace, task_queue: taskQueue, worker_type: 'ActivityWorker' };
  return createPacedSlots(maxConcurrency, (free) => {
    gauge.set(free, labels);
  });
}

const fixed = (numSlots: number): FixedSizeSlotSupplier => ({ type: 'fixed-size', numSlots });

/** Who follows workflows, goes on until no attempt is left that could add another. */
function withFollowers(worker: RunningWorker, followers: Followers): RunningWorker {
  return toRunningWorker(
    () => worker.isPolling,
    worker.ended,
    async () => {
      await worker.stop();
      await followers.stop();
    },
  );
}

/** What stands before attempts: first the share of their worker's slots, then the breaker of their operation. */
function createGuards(
  options: WorkerOptions,
  paced: PacedSlots | null,
): (operation: string) => Guard | null {
  const { registry, taskQueue, maxConcurrency, runningShare = 1, breakers } = options;
  const shares = new Map<string, Guard>();
  const findShare = (operation: string): Guard | null => {
    if (runningShare === 1) return null;
    const { policy } = registry.get(operation);
    const queue = toAttemptQueue(taskQueue, operation, policy);
    const known = shares.get(queue);
    if (known) return known;
    const created =
      queue === taskQueue
        ? createSlotShare(maxConcurrency, runningShare, paced)
        : createSlotShare(policy.concurrency ?? maxConcurrency, runningShare);
    shares.set(queue, created);
    return created;
  };
  return (operation) => {
    const share = findShare(operation);
    const breaker = breakers?.guard(operation) ?? null;
    if (!share || !breaker) return share ?? breaker;
    return async (attempt, principal) => share(async () => breaker(attempt, principal), principal);
  };
}

/**
 * Tasks are short, and their attempts are code of the build: each stays with the build that began it. The queues of operations that
 * are limited in the whole fleet are polled by one worker for all builds, so theirs have none.
 */
function toDeployment(version: WorkerDeploymentVersion) {
  return { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } as const;
}

/** The interceptors in the bundle of a worker that bundles the sources itself. */
function toModules(workflows: Workflows, observer: WorkerObserver | null): string[] {
  if (!('workflowsPath' in workflows)) return [];
  const names = toPath('workflows/task/name-activities');
  return observer ? [names, toPath('workflows/observed/interceptors')] : [names];
}

/**
 * The bundle of the build, or the sources where there is none: both lie relative to this file. The interceptors are in a bundle
 * of its own, so that a worker without an observer does not even load them.
 */
function findWorkflows(observed: boolean): Workflows {
  const name = observed ? 'workflow-bundle-observed.js' : 'workflow-bundle.js';
  const codePath = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  if (existsSync(codePath)) return { workflowBundle: { codePath } };
  const workflowsPath = toPath('workflows/index');
  return { workflowsPath, bundlerOptions: { preloadModules: [workflowsPath] } };
}

/** A module of the project, in the form that this one has itself. */
function toPath(module: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`../../../${module}.${extension}`, import.meta.url));
}

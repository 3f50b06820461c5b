// Gateways and workers over a real server: each gateway has a connection and a task service of its own, as in a process
// of its own.
import { openBreakers, type Breakers } from '../../../src/temporal/breaker/breakers.ts';
import {
  connectTemporal,
  type TemporalConnection,
} from '../../../src/temporal/connection/connection.ts';
import type { Registry } from '../../../src/operations/registry.ts';
import { deriveInstallationKey, type Encryption } from '../../../src/encryption/index.ts';
import type { CallLimits } from '../../../src/temporal/tasks/call-limits.ts';
import { installRuntime } from '../../../src/temporal/connection/runtime.ts';
import {
  createTaskService,
  type TaskServiceOptions,
  type TemporalTasks,
} from '../../../src/temporal/tasks/service.ts';
import {
  startWorker,
  type RunningWorker,
  type WorkerOptions,
} from '../../../src/temporal/worker/worker.ts';
import { testServices } from '../operations/context.ts';
import { observedWorkflowBundle, workflowBundle } from '../runner/workflow-bundle.ts';

/** A gateway without its faces. */
export interface TestGateway extends AsyncDisposable {
  readonly tasks: TemporalTasks;
  readonly connected: TemporalConnection;
  readonly breakers: Breakers;
}

let installed = false;

/** Keeps the native client's lines out of the test's output. */
function quiet(): void {
  if (installed) return;
  installRuntime(() => undefined);
  installed = true;
}

/** Waits of calls on a machine that others load, too. */
export const PATIENT: CallLimits = { readMs: 60_000, confirmMs: 30_000, noteMs: 30_000 };

/** The queue of the worker, unless a test wants one that no worker or another worker polls. */
export const TEST_QUEUE = 'test';

/** Opens a gateway. */
export async function openTestGateway(
  address: string,
  registry: Registry,
  options: Partial<TaskServiceOptions> = {},
  encryption: Encryption | null = null,
): Promise<TestGateway> {
  quiet();
  const target = { connectionOptions: { address }, namespace: 'default' };
  const connected = await connectTemporal(target, encryption);
  const breakers = await openBreakers({
    client: connected.client,
    namespace: connected.namespace,
    taskQueue: options.taskQueue ?? TEST_QUEUE,
    registry,
    log: { info: () => undefined, warn: () => undefined },
  });
  return {
    connected,
    breakers,
    tasks: createTaskService({
      client: connected.client,
      namespace: connected.namespace,
      registry,
      taskQueue: TEST_QUEUE,
      startDeadlineMs: 60_000,
      callLimits: PATIENT,
      retentionMs: connected.retentionMs,
      hasActivityLane: connected.hasActivityLane,
      eager: false,
      breakers,
      nameKey: encryption?.nameKey ?? null,
      installationKey: deriveInstallationKey(connected.namespaceId),
      ...options,
    }),
    [Symbol.asyncDispose]: async () => {
      await breakers[Symbol.asyncDispose]();
      await connected[Symbol.asyncDispose]();
    },
  };
}

/** Starts a worker on a gateway's connection. */
export async function startTestWorker(
  { connected, breakers }: TestGateway,
  registry: Registry,
  options: Partial<WorkerOptions> = {},
): Promise<RunningWorker> {
  return startWorker({
    connection: connected.connection,
    namespace: connected.namespace,
    taskQueue: TEST_QUEUE,
    registry,
    maxConcurrency: 50,
    maxResultBytes: 256 * 1024,
    shutdownGraceMs: 0,
    secret: async () => '',
    services: testServices,
    breakers,
    keyring: connected.encryption?.keyring ?? null,
    workflowBundle: options.observer ? observedWorkflowBundle() : workflowBundle(),
    ...options,
  });
}

// The parts of a process, made from its configuration: task service, worker, MCP faces. The one place where the sides
// meet.
import type { LoadedConfig } from '../config/index.ts';
import type { Files } from '../contract/file.ts';
import type { WorkerObserver } from '../contract/observation.ts';
import { findOperationProblems } from '../mcp/client-rules.ts';
import {
  createServerFactory,
  type ServerFactory,
  type ServerFactoryOptions,
} from '../mcp/server.ts';
import { createRegistry, type Registry } from '../operations/registry.ts';
import { createSecretReader } from '../operations/secrets.ts';
import type { TaskService } from '../tasks/service.ts';
import { openBreakers, type Breakers } from '../temporal/breaker/breakers.ts';
import type { TemporalConnection } from '../temporal/connection/connection.ts';
import { createTaskService } from '../temporal/tasks/service.ts';
import { startWorker, type RunningWorker } from '../temporal/worker/worker.ts';
import { createConfiguredRules, toCallbackOptions } from './callback-parts.ts';
import type { CommandContext } from './context.ts';
import type { Log } from './log.ts';
import type { InstalledConnection } from './open-temporal.ts';
import { VERSION } from './version.ts';

/** The one principal of stdio and of an unauthenticated loopback server. */
export const LOCAL = 'local';

/** A connection, and what is known over it of operations that are switched off. */
export interface EquippedConnection extends InstalledConnection {
  readonly breakers?: Breakers | null;
}

/** Opens the circuit breakers of this process: one for its task service and its worker. */
export async function openConfiguredBreakers(
  { auth, temporal: { taskQueue } }: LoadedConfig,
  registry: Registry,
  { client, namespace }: TemporalConnection,
  log: Log,
): Promise<Breakers> {
  return openBreakers({
    ...{ client, namespace, taskQueue, registry, log },
    isShared: auth.mode === 'none',
  });
}

/** The task service over a connection; `eager` where a worker of this process shares it. */
export function createService(
  config: LoadedConfig,
  registry: Registry,
  { client, namespace, retentionMs, secrecy, installationKey, breakers = null }: EquippedConnection,
  eager: boolean,
  files: Files | null = null,
): TaskService {
  const { taskQueue, startDeadlineMs } = config.temporal;
  for (const name of Object.keys(config.limits.operations)) registry.get(name);
  return createTaskService({
    client,
    namespace,
    registry,
    taskQueue,
    startDeadlineMs,
    retentionMs,
    eager,
    limits: config.limits,
    files,
    maxInlineBytes: config.storage.inlineLimitBytes,
    breakers,
    nameKey: secrecy?.nameKey ?? null,
    installationKey,
    callbacks: createConfiguredRules(config, registry),
  });
}

/** Starts the worker of this process. */
export async function startConfiguredWorker(
  { env }: CommandContext,
  config: LoadedConfig,
  registry: Registry,
  connected: EquippedConnection,
  observer: WorkerObserver | null = null,
  files: Files | null = null,
): Promise<RunningWorker> {
  const { connection, namespace, secrecy } = connected;
  const { execution, temporal, directory, storage } = config;
  const secret = createSecretReader({ env, baseDirectory: directory });
  const tasks = createService(config, registry, connected, false);
  return startWorker({
    connection,
    namespace,
    registry,
    taskQueue: temporal.taskQueue,
    maxConcurrency: execution.maxConcurrency,
    // Where nobody authenticates there is one principal, and nobody to keep a slot for.
    runningShare: config.auth.mode === 'none' ? 1 : config.limits.runningShare,
    files,
    maxResultBytes: files
      ? Math.min(execution.maxResultBytes, storage.inlineLimitBytes)
      : execution.maxResultBytes,
    shutdownGraceMs: execution.shutdownGraceSeconds * 1000,
    secret,
    breakers: connected.breakers ?? null,
    keyring: secrecy?.keyring ?? null,
    observer,
    callbacks: toCallbackOptions(config, registry, tasks, secret),
  });
}

/** The MCP faces over a task service; a principal of `null` is named by the token of each request. */
export function createFaces(
  config: LoadedConfig,
  registry: Registry,
  watched: Pick<ServerFactoryOptions, 'tasks' | 'onRefusal'> & { readonly log: Log },
  principal: string | null = LOCAL,
  files: Files | null = null,
): ServerFactory {
  const { server, polling, tools } = config;
  const offered = toOffered(config, registry);
  for (const problem of describeToolProblems(config, offered)) watched.log.warn(problem);
  return createServerFactory({
    ...watched,
    registry: offered,
    tools,
    polling,
    name: server.name,
    version: server.version ?? VERSION,
    waitCapSeconds: polling.waitCapSeconds,
    holdSeconds: polling.holdSeconds,
    maxCallsPerCaller: server.maxCallsPerCaller,
    takesCallbackUrl: createConfiguredRules(config, registry).takesUrls,
    principal,
    files,
  });
}

/** What clients refuse in the tools that are offered, a sentence each. */
export function describeToolProblems({ tools }: LoadedConfig, { all }: Registry): string[] {
  if (!tools.typed) return [];
  return all.flatMap(({ operation }) =>
    findOperationProblems(operation).map(
      ({ client, place, message }) =>
        `tool ${operation.name}: ${place === '' ? 'it' : place} ${message} (${client})`,
    ),
  );
}

/** Without the operations that are switched off for this gateway: tasks of theirs are read and worked on all the same. */
export function toOffered({ tools, policyDefaults }: LoadedConfig, { all }: Registry): Registry {
  const operations = all.map(({ operation }) => operation);
  return createRegistry(
    operations.filter(({ name }) => tools.operations[name] !== false),
    policyDefaults,
  );
}

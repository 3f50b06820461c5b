// The parts of a process, made from its configuration: task service, worker, MCP faces. The one place where the sides
// meet.
import type { LoadedConfig } from '../config/index.ts';
import type { Files } from '../contract/file.ts';
import { createServerFactory, type ServerFactory } from '../mcp/server.ts';
import { createRegistry, type Registry } from '../operations/registry.ts';
import { createSecretReader } from '../operations/secrets.ts';
import type { TaskService } from '../tasks/service.ts';
import type { TemporalConnection } from '../temporal/connection.ts';
import type { WorkerObserver } from '../temporal/observation.ts';
import { createTaskService } from '../temporal/service.ts';
import { startWorker, type RunningWorker } from '../temporal/worker.ts';
import { createConfiguredRules, toCallbackOptions } from './callback-parts.ts';
import type { CommandContext } from './context.ts';
import type { Log } from './log.ts';
import { VERSION } from './version.ts';

/** The one principal of stdio and of an unauthenticated loopback server. */
export const LOCAL = 'local';

/** The task service over a connection; `eager` where a worker of this process shares it. */
export function createService(
  config: LoadedConfig,
  registry: Registry,
  { client, namespace, retentionMs, secrecy }: TemporalConnection,
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
    files,
    maxInlineBytes: config.storage.inlineLimitBytes,
    nameKey: secrecy?.nameKey ?? null,
    limits: config.limits,
    callbacks: createConfiguredRules(config, registry),
  });
}

/** Starts the worker of this process. */
export async function startConfiguredWorker(
  { env }: CommandContext,
  config: LoadedConfig,
  registry: Registry,
  connected: TemporalConnection,
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
    files,
    maxResultBytes: files
      ? Math.min(execution.maxResultBytes, storage.inlineLimitBytes)
      : execution.maxResultBytes,
    shutdownGraceMs: execution.shutdownGraceSeconds * 1000,
    secret,
    observer,
    keyring: secrecy?.keyring ?? null,
    callbacks: toCallbackOptions(config, registry, tasks, secret),
  });
}

/** The MCP faces over a task service; a principal of `null` is named by the token of each request. */
export function createFaces(
  config: LoadedConfig,
  registry: Registry,
  tasks: TaskService,
  log: Log,
  principal: string | null = LOCAL,
  files: Files | null = null,
): ServerFactory {
  const { server, polling, tools } = config;
  return createServerFactory({
    tasks,
    registry: toOffered(config, registry),
    tools,
    log,
    polling,
    name: server.name,
    version: server.version ?? VERSION,
    waitCapSeconds: polling.waitCapSeconds,
    holdSeconds: polling.holdSeconds,
    takesCallbackUrl: createConfiguredRules(config, registry).takesUrls,
    principal,
    files,
  });
}

/** Without the operations that are switched off for this gateway: tasks of theirs are read and worked on all the same. */
function toOffered({ tools, policyDefaults }: LoadedConfig, { all }: Registry): Registry {
  const operations = all.map(({ operation }) => operation);
  return createRegistry(
    operations.filter(({ name }) => tools.operations[name] !== false),
    policyDefaults,
  );
}

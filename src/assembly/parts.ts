// The task service and the MCP faces of a process. The one place where the sides meet.
import type { LoadedConfig } from '../config/index.ts';
import { findOperationProblems } from '../mcp/client-rules.ts';
import { createServerFactory, type ServerFactory } from '../mcp/server.ts';
import { createRegistry, type Registry } from '../operations/registry.ts';
import type { TaskService } from '../tasks/service.ts';
import { createTaskService } from '../temporal/tasks/service.ts';
import type { InstalledConnection } from './open-temporal.ts';
import type { Backend, Process } from './process.ts';
import { VERSION } from './version.ts';

/** The one principal of stdio and of an unauthenticated loopback server. */
export const LOCAL = 'local';

/** What a task service is made from; commands that start no tasks leave out what only starts need. */
type ServiceParts = Pick<Process, 'config' | 'registry'> &
  Partial<Pick<Process, 'callbacks' | 'storage'>>;

/** The task service over a connection; `eager` where a worker of this process shares it. */
export function createService(
  { config, registry, callbacks, storage }: ServiceParts,
  { connected, breakers }: { readonly connected: InstalledConnection } & Partial<Backend>,
  eager: boolean,
): TaskService {
  const { client, namespace, retentionMs, secrecy, installationKey } = connected;
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
    files: storage?.files ?? null,
    maxInlineBytes: config.storage.inlineLimitBytes,
    breakers: breakers ?? null,
    nameKey: secrecy?.nameKey ?? null,
    installationKey,
    ...(callbacks && { callbacks }),
  });
}

/** The MCP faces over a task service; behind a gate the token of each request names the principal. */
export function createFaces(
  { config, registry, log, gate, telemetry, callbacks, storage }: Process,
  tasks: TaskService,
): ServerFactory {
  const { server, polling, tools } = config;
  const offered = toOffered(config, registry);
  for (const problem of describeToolProblems(config, offered)) log.warn(problem);
  return createServerFactory({
    tasks: telemetry.observeTasks(tasks),
    log,
    onRefusal: telemetry.onRefusal,
    registry: offered,
    tools,
    polling,
    name: server.name,
    version: server.version ?? VERSION,
    maxCallsPerCaller: server.maxCallsPerCaller,
    takesCallbackUrl: callbacks.takesUrls,
    principal: gate ? null : LOCAL,
    files: storage.files,
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

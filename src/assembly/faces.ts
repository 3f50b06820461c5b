// The MCP faces of a process over its task service.
import type { LoadedConfig } from '../config/index.ts';
import { findOperationProblems } from '../mcp/client-rules.ts';
import { createServerFactory, type ServerFactory } from '../mcp/server.ts';
import type { Registry } from '../operations/registry.ts';
import type { TaskService } from '../tasks/service.ts';
import type { Process } from './process.ts';
import { VERSION } from './version.ts';

/** The one principal of stdio and of an unauthenticated loopback server. */
export const LOCAL = 'local';

/** The MCP faces over a task service; behind a gate the token of each request names the principal. */
export function createFaces(
  { config, offered, upstreams, log, gate, telemetry, callbacks, storage }: Process,
  tasks: TaskService,
): ServerFactory {
  const { server, polling, tools } = config;
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
    operationScopes: gate?.operationScopes ?? {},
    files: storage.files,
    watchTools: upstreams.onChange,
    catalogue: upstreams.catalogue,
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

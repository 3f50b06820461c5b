// One MCP server per request or connection, from parts that are made once. A server is never shared: responses of one
// caller would reach another (CVE-2026-25536).
import {
  SUPPORTED_PROTOCOL_VERSIONS,
  type McpServerFactory,
  type ProtocolEra,
  type Server,
  type ServerOptions,
} from '@modelcontextprotocol/server';
import { toErrorCode } from '../contract/errors.ts';
import { GATEWAY_CAPABILITY } from '../contract/extras.ts';
import { callParameters, createCallTool } from './call-tool.ts';
import { followRegistry } from '../operations/registry.ts';
import { FOREIGN_CAPABILITIES, registerForeignContent } from './foreign-content.ts';
import { createMcpContext, type McpContext, type McpOptions } from './context.ts';
import { toInstructions } from './control/instructions.ts';
import { CONTROL_TOOLS } from './control/tools.ts';
import { EXTENSION_CAPABILITIES, LEGACY_CAPABILITIES } from './native/capability.ts';
import { registerExtension } from './native/extension.ts';
import { registerLegacyTasks } from './native/legacy-tasks.ts';
import { createListing } from './listing.ts';
import { registerResources, RESOURCES_CAPABILITY } from './resources.ts';
import { StrictServer } from './strict-server.ts';
import { createTypedTools } from './typed/tool.ts';

/** Makes servers for both transports and both protocol eras, and ends them together. */
export interface ServerFactory extends Pick<
  McpContext,
  'log' | 'onRefusal' | 'files' | 'principal' | 'watchTools'
> {
  /** For `createMcpHandler` and `serveStdio`. */
  readonly create: McpServerFactory;
  /** A server that answers the call of a tool and nothing else, which is made in less time. */
  readonly createForCall: (era: ProtocolEra) => Server;
  /**
   * Ends the service: running waits answer with the task as it stands, new calls are refused with
   * `BACKEND_UNAVAILABLE`. Resolves when every running call has been answered.
   */
  drain(): Promise<void>;
  /** The operation of a task of a principal; `null` when it has no such task. Rejects when it cannot be found out. */
  readonly operationOf: (principal: string, taskRef: string) => Promise<string | null>;
}

/** The protocol revision of the modern era. A server that names it can be bound to it by its transport. */
export const MODERN_REVISION = '2026-07-28';

// The published list follows from the scopes of a caller, and changes with a restart, or with the list of an upstream, which is said.
// Where a token is needed to see it, no
// shared cache may show it without one.
const LIST_CACHE_MS = 300_000;

/** @throws {TypeError} when an operation cannot be a tool of its own name */
export function createServerFactory(options: McpOptions): ServerFactory {
  const mcp = createMcpContext(options);
  const { registry, tasks, tools, files, log, onRefusal, principal, drain, watchTools } = mcp;
  const control = tools.pair ? CONTROL_TOOLS : [];
  const served = followRegistry(registry, () => {
    const typed = tools.typed ? createTypedTools(mcp) : [];
    return {
      listing: createListing(mcp, control, typed),
      callTool: createCallTool(mcp, control, typed),
    };
  });
  const information = { name: mcp.name, version: mcp.version };
  const serverOptions = {
    modern: toServerOptions(mcp, 'modern'),
    legacy: toServerOptions(mcp, 'legacy'),
  };

  const createForCall = (era: ProtocolEra): Server => {
    const server = new StrictServer(information, serverOptions[era]);
    server.setRequestHandler('tools/call', { params: callParameters }, async (params, context) =>
      served().callTool(params, context, { server, era }),
    );
    return server;
  };

  return {
    ...{ log, onRefusal, files, principal, watchTools },
    drain: () => drain.begin(),
    operationOf: async (named, taskRef) => {
      try {
        return (await tasks.read({ principal: named }, taskRef)).operation;
      } catch (thrown) {
        if (toErrorCode(thrown) === 'TASK_NOT_FOUND') return null;
        throw thrown;
      }
    },
    createForCall,
    create: ({ era }) => {
      const server = createForCall(era);
      server.setRequestHandler('tools/list', (_, { http }) => ({
        tools: served().listing(mcp.offerTo(http?.authInfo?.scopes))[era],
      }));
      (era === 'modern' ? registerExtension : registerLegacyTasks)(server, mcp);
      registerResources(server, mcp);
      if (mcp.catalogue) registerForeignContent(server, mcp, mcp.catalogue);
      return server;
    },
  };
}

function toServerOptions(
  { tools, principal, watchTools, catalogue }: McpContext,
  era: ProtocolEra,
): ServerOptions {
  const listCache = {
    ttlMs: LIST_CACHE_MS,
    cacheScope: principal === null ? ('private' as const) : ('public' as const),
  };
  return {
    capabilities: {
      tools: watchTools ? { listChanged: true } : {},
      experimental: { [GATEWAY_CAPABILITY]: { pair: tools.pair, typed: tools.typed } },
      ...(era === 'modern' ? EXTENSION_CAPABILITIES : LEGACY_CAPABILITIES),
      ...(catalogue ? FOREIGN_CAPABILITIES : RESOURCES_CAPABILITY),
    },
    instructions: toInstructions(tools),
    ...(era === 'modern' && {
      supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION],
    }),
    cacheHints: { 'tools/list': listCache, 'server/discover': listCache },
  };
}

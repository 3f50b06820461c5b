// One MCP server per request or connection, from parts that are made once. A server is never shared: responses of one
// caller would reach another (CVE-2026-25536). The table of tools is where further faces add theirs.
import {
  ProtocolError,
  SUPPORTED_PROTOCOL_VERSIONS,
  type CallToolResult,
  type McpServerFactory,
  type ProtocolEra,
  type Result,
  type Server,
  type ServerContext,
  type ServerOptions,
  type Tool as ToolDefinition,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { GATEWAY_CAPABILITY } from '../contract/extras.ts';
import type { Files } from '../contract/file.ts';
import { cut } from '../contract/text.ts';
import type { OperationLog } from '../operations/context.ts';
import type { Registry } from '../operations/registry.ts';
import type { Caller, TaskService } from '../tasks/service.ts';
import { createArgumentRefusal } from './arguments.ts';
import { toCaller } from './caller.ts';
import { createDrain } from './drain.ts';
import { registerResources, RESOURCES_CAPABILITY } from './resources.ts';
import type { OfferedTools } from './options.ts';
import { createDiscipline } from './control/read-throttle.ts';
import { toInstructions } from './control/instructions.ts';
import { toRefusalStep } from '../tasks/next-step.ts';
import { EXTENSION_CAPABILITIES, LEGACY_CAPABILITIES } from './native/capability.ts';
import { registerExtension } from './native/extension.ts';
import { registerLegacyTasks } from './native/legacy-tasks.ts';
import { createPairTools } from './control/pair.ts';
import type { Polling } from '../tasks/options.ts';
import { withProgress } from './progress.ts';
import { toRefusal, toRefusalCode, type OnRefusal } from './refusal.ts';
import { StrictServer } from './strict-server.ts';
import { toAnswerResult, toRefusalResult } from './answers/tool-result.ts';
import type { Tool } from './tool.ts';
import { callTyped } from './typed/call.ts';
import type { TypedTool } from './typed/tool.ts';
import { createTypedTools, type Typed } from './typed/typed.ts';

/** What the faces are made from. */
export interface ServerFactoryOptions {
  readonly tasks: TaskService;
  /** The operations that this gateway offers. */
  readonly registry: Registry;
  /** Which tools there are. */
  readonly tools: OfferedTools;
  /** Shown to clients. */
  readonly name: string;
  /** Shown to clients. */
  readonly version: string;
  /** `holdSeconds`: longest time that a read which comes far before its hint is held; 0 holds nothing. */
  readonly polling: Polling & { readonly holdSeconds: number };
  /** Calls of one principal that are answered at once. Default: any number. */
  readonly maxCallsPerCaller?: number;
  /** Whether initiate_background_task shows that it takes a `callback_url`. Default: `false`. */
  readonly takesCallbackUrl?: boolean;
  /**
   * On whose behalf every call is made: `local` on stdio and on an unauthenticated server; `null` where each request says
   * so by its token.
   */
  readonly principal: string | null;
  /** Where large parameters and results are kept. Default: nowhere. */
  readonly files?: Files | null;
  readonly log: Pick<OperationLog, 'debug' | 'error'>;
  /** Default: nobody hears of refusals. */
  readonly onRefusal?: OnRefusal | null;
}

/** Makes servers for both transports and both protocol eras, and ends them together. */
export interface ServerFactory {
  /** For `createMcpHandler` and `serveStdio`. */
  readonly create: McpServerFactory;
  /** A server of the modern era that answers the call of a tool and nothing else, which is made in less time. */
  readonly createForCall: () => Server;
  /**
   * Ends the service: running waits answer with the task as it stands, new calls are refused with
   * `BACKEND_UNAVAILABLE`. Resolves when every running call has been answered.
   */
  drain(): Promise<void>;
  readonly log: ServerFactoryOptions['log'];
  /** The operation of a task of a principal; `null` when it has no such task. Rejects when it cannot be found out. */
  readonly operationOf: (principal: string, taskRef: string) => Promise<string | null>;
  /** As in the options; tells nobody where they name nobody. */
  readonly onRefusal: OnRefusal;
  readonly files: Files | null;
  /** As in the options. */
  readonly principal: string | null;
}

/** The protocol revision of the modern era. A server that names it can be bound to it by its transport. */
export const MODERN_REVISION = '2026-07-28';

// The published list is the same for everybody and changes only with a restart. Where a token is needed to see it, no
// shared cache may show it to somebody without.
const LIST_CACHE_MS = 300_000;

// Arguments are passed through as they came: the tools parse them, and see what a parser here would drop.
const callParameters = z.looseObject({
  name: z.string(),
  arguments: z.unknown().optional(),
  task: z.unknown().optional(),
});

/** The `task` of 2025-11-25. Null is no task, and no lifetime. */
const taskParameter = z.looseObject({ ttl: z.number().nullish() }).nullish();

/**
 * Creates the factory.
 *
 * @throws {TypeError} when an operation cannot be a tool of its own name
 */
export function createServerFactory(options: ServerFactoryOptions): ServerFactory {
  const { tasks, registry, polling, principal, log, tools, files = null } = options;
  const drain = createDrain(options.maxCallsPerCaller);
  const discipline = createDiscipline(
    polling,
    Math.min(polling.holdSeconds, polling.waitCapSeconds),
  );
  const { takesCallbackUrl = false } = options;
  const onRefusal = options.onRefusal ?? (() => undefined);
  const pair = tools.pair
    ? createPairTools({
        tasks,
        registry,
        drain,
        polling,
        discipline,
        takesCallbackUrl,
      })
    : [];
  const operations = tools.typed ? createTypedTools(registry, tools, files !== null) : [];
  const definitions = toDefinitions(pair, operations);
  const pairByName = new Map(pair.map((tool) => [tool.definition.name, tool]));
  const operationsByName = new Map(operations.map((tool) => [tool.definition.name, tool]));
  const faces: Typed = {
    hasPair: tools.pair,
    tasks,
    drain,
    polling,
    log,
    onRefusal,
    caller: (context) => toCaller(context, principal),
  };
  const listCache = {
    ttlMs: LIST_CACHE_MS,
    cacheScope: principal === null ? ('private' as const) : ('public' as const),
  };
  const information = { name: options.name, version: options.version };
  const instructions = toInstructions(tools);

  const callTool = async (
    received: z.output<typeof callParameters>,
    context: ServerContext,
    connection: { readonly server: Server; readonly era: ProtocolEra },
  ): Promise<Result> => {
    const { name, arguments: args } = received;
    const operation = operationsByName.get(name);
    const tool = pairByName.get(name);
    try {
      const caller = toCaller(context, principal);
      const params = {
        ...received,
        task: connection.era === 'legacy' ? readTask(received) : undefined,
      };
      if (operation) {
        return await drain.admit(caller.principal, () =>
          callTyped(faces, operation, { params, context }, connection),
        );
      }
      if (!tool) throw new ProtocolError(-32602, `Unknown tool: ${cut(name, 80)}`);
      if (params.task !== undefined) {
        throw new ProtocolError(-32601, `${name} cannot be run as a task: call it without task`);
      }
      return await drain.admit(caller.principal, () => answer(tool, args, caller, context));
    } catch (thrown) {
      onRefusal(name, toRefusalCode(thrown));
      if (thrown instanceof ProtocolError) throw thrown;
      const error = toRefusal(thrown, name, log);
      return toRefusalResult(error, toRefusalStep(error));
    }
  };

  const toOptions = (era: ProtocolEra): ServerOptions => ({
    capabilities: {
      tools: {},
      experimental: { [GATEWAY_CAPABILITY]: { pair: tools.pair, typed: tools.typed } },
      ...(era === 'modern' ? EXTENSION_CAPABILITIES : LEGACY_CAPABILITIES),
      ...(files && RESOURCES_CAPABILITY),
    },
    instructions,
    ...(era === 'modern' && {
      supportedProtocolVersions: [...SUPPORTED_PROTOCOL_VERSIONS, MODERN_REVISION],
    }),
    cacheHints: { 'tools/list': listCache, 'server/discover': listCache },
  });
  const serverOptions = { modern: toOptions('modern'), legacy: toOptions('legacy') };

  const createForCall = (era: ProtocolEra): Server => {
    const server = new StrictServer(information, serverOptions[era]);
    server.setRequestHandler('tools/call', { params: callParameters }, async (params, context) =>
      callTool(params, context, { server, era }),
    );
    return server;
  };

  return {
    log,
    onRefusal,
    files,
    principal,
    drain: () => drain.begin(),
    operationOf: async (named, taskRef) => {
      try {
        return (await tasks.read({ principal: named }, taskRef)).operation;
      } catch (thrown) {
        if (toRefusalCode(thrown) === 'TASK_NOT_FOUND') return null;
        throw thrown;
      }
    },
    createForCall: () => createForCall('modern'),
    create: ({ era }) => {
      const server = createForCall(era);
      server.setRequestHandler('tools/list', () => ({ tools: definitions[era] }));
      (era === 'modern' ? registerExtension : registerLegacyTasks)(server, faces);
      if (files) registerResources(server, faces, files);
      return server;
    },
  };
}

/** The `task` of a call; `undefined` without one. */
function readTask({ name, task }: z.output<typeof callParameters>): object | undefined {
  const parsed = taskParameter.safeParse(task);
  if (parsed.success) return parsed.data ?? undefined;
  const message = 'expected an object, such as { "ttl": 60000 }';
  throw createArgumentRefusal(name, [{ path: '/task', message }]);
}

/** What tools/list shows: the pair first, then the operations by name. */
function toDefinitions(
  pair: readonly Tool[],
  operations: readonly TypedTool[],
): Readonly<Record<ProtocolEra, ToolDefinition[]>> {
  const shown = pair.map(({ definition }) => definition);
  const typed = operations.map(({ definition }) => definition);
  // Clients of 2025-11-25 ask for a task where a tool says that it can be one; later ones know no such word.
  const execution = { taskSupport: 'optional' } as const;
  return {
    modern: [...shown, ...typed],
    legacy: [...shown, ...typed.map((definition) => ({ ...definition, execution }))],
  };
}

async function answer(
  tool: Tool,
  args: unknown,
  caller: Caller,
  context: ServerContext,
): Promise<CallToolResult> {
  return withProgress(context, async (onProgress) =>
    toAnswerResult(await tool.answer(args, { caller, ...(onProgress && { onProgress }) })),
  );
}

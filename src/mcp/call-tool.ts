// tools/call: the tool of a name, and its answer or refusal as a result. A control tool answers for all operations; each
// operation is a tool of its own name.
import {
  ProtocolError,
  type CallToolResult,
  type ProtocolEra,
  type Result,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { cut } from '../contract/text.ts';
import { toRefusalStep } from '../tasks/next-step.ts';
import { toAnswerResult, toRefusalResult } from './answers/tool-result.ts';
import { createArgumentRefusal } from './arguments.ts';
import { answerCall, type Call } from './call.ts';
import type { McpContext } from './context.ts';
import { toRefusal, toRefusalCode } from './refusal.ts';
import { cutAnswer } from './results/fit.ts';
import type { Tool } from './tool.ts';
import { callTyped } from './typed/call.ts';
import type { TypedTool } from './typed/tool.ts';

// Arguments are passed through as they came: the tools parse them, and see what a parser here would drop.
export const callParameters = z.looseObject({
  name: z.string(),
  arguments: z.unknown().optional(),
  task: z.unknown().optional(),
});

export type CallTool = (
  params: z.output<typeof callParameters>,
  context: ServerContext,
  connection: { readonly server: Server; readonly era: ProtocolEra },
) => Promise<Result>;

export function createCallTool(
  mcp: McpContext,
  controlTools: readonly Tool[],
  typedTools: readonly TypedTool[],
): CallTool {
  const controlByName = new Map(controlTools.map((tool) => [tool.name, tool]));
  const typedByName = new Map(typedTools.map((tool) => [tool.definition.name, tool]));

  return async (received, context, { server, era }) => {
    const { name, arguments: args } = received;
    try {
      const params = { ...received, task: era === 'legacy' ? readTask(received) : undefined };
      const typed = typedByName.get(name);
      if (typed) {
        return await answerCall(mcp, server, context, (call) =>
          callTyped({ ...call, tool: typed, params }, era),
        );
      }
      const tool = controlByName.get(name);
      if (!tool) throw new ProtocolError(-32602, `Unknown tool: ${cut(name, 80)}`);
      if (params.task !== undefined) {
        throw new ProtocolError(-32601, `${name} cannot be run as a task: call it without task`);
      }
      const answer = async (call: Call): Promise<CallToolResult> => {
        const answered = await tool.answer(args, call);
        return toAnswerResult((await cutAnswer(call, answered)) ?? answered);
      };
      return await answerCall(mcp, server, context, answer, args);
    } catch (thrown) {
      mcp.onRefusal(name, toRefusalCode(thrown));
      if (thrown instanceof ProtocolError) throw thrown;
      const error = toRefusal(thrown, name, mcp.log);
      return toRefusalResult(error, toRefusalStep(error));
    }
  };
}

/** The `task` of 2025-11-25. Null is no task, and no lifetime. */
const taskParameter = z.looseObject({ ttl: z.number().nullish() }).nullish();

function readTask({ name, task }: z.output<typeof callParameters>): object | undefined {
  const parsed = taskParameter.safeParse(task);
  if (parsed.success) return parsed.data ?? undefined;
  const message = 'expected an object, such as { "ttl": 60000 }';
  throw createArgumentRefusal(name, [{ path: '/task', message }]);
}

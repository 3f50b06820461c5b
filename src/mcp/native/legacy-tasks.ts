// The tasks of 2025-11-25, for legacy connections. Invariant: once a cancel was answered, every answer says `cancelled`,
// however the work ends.
import { ProtocolError, type Server } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { isToolError } from '../answers/outcome.ts';
import type { Call } from '../call.ts';
import type { McpContext } from '../context.ts';
import { parseParameters, parseTaskId, registerMethods } from '../method.ts';
import { toCancelReason } from './cancel-reason.ts';
import { answerResult } from './legacy-result.ts';
import { readTask } from './read-task.ts';
import { isLegacyTerminal, toLegacyStatus, toLegacyTask, type LegacyTask } from './view.ts';

const PAGE = 20;

const listParameters = z.looseObject({ cursor: z.string().optional() });

export function registerLegacyTasks(server: Server, mcp: McpContext): void {
  registerMethods(server, mcp, {
    'tasks/get': async (params, call) => {
      const { task, extras } = await readTask(call, parseTaskId(params), isLegacyTerminal);
      return { ...toLegacyTask(task, mcp.polling, Date.now(), isToolError(call, task)), ...extras };
    },
    'tasks/result': async (params, call) => answerResult(call, parseTaskId(params)),
    'tasks/cancel': async (params, call) => cancel(call, parseTaskId(params), params),
    'tasks/list': async (params, { caller }) => {
      const { cursor } = parseParameters(listParameters, params);
      const page = await mcp.tasks.list(caller, { limit: PAGE, cursor });
      const now = Date.now();
      return {
        tasks: page.tasks.map((task) =>
          toLegacyTask(task, mcp.polling, now, isToolError({ mcp }, task)),
        ),
        ...(page.nextCursor !== null && { nextCursor: page.nextCursor }),
      };
    },
  });
}

async function cancel({ mcp, caller }: Call, taskId: string, params: unknown): Promise<LegacyTask> {
  const before = await mcp.tasks.read(caller, taskId);
  if (isLegacyTerminal(before)) throw toTerminalError(toLegacyStatus(before));
  const reason = toCancelReason(params, before);
  const { task, cancellation } = await mcp.tasks.cancel(caller, taskId, reason);
  if (cancellation === 'already_finished') throw toTerminalError(toLegacyStatus(task));
  return toLegacyTask({ ...task, cancelRequested: true }, mcp.polling);
}

function toTerminalError(status: string): ProtocolError {
  return new ProtocolError(-32602, `Cannot cancel the task: it is ${status} already.`);
}

// The tasks extension (SEP-2663), for modern connections: reading, answering and cancelling tasks. Invariants: a request
// that does not declare the extension is refused before anything else of it is read, and acknowledgements are empty.
import type { Server } from '@modelcontextprotocol/server';
import { isDone } from '../../contract/task.ts';
import { answerOutcome } from '../answers/outcome.ts';
import type { Call } from '../call.ts';
import type { McpContext } from '../context.ts';
import { parseAnswers } from '../input/input-responses.ts';
import { parseTaskId, registerMethods, type Method } from '../method.ts';
import { requireExtension } from './capability.ts';
import { toCancelReason } from './cancel-reason.ts';
import { toDetailedTask } from './detailed-task.ts';
import { readTask } from './read-task.ts';

export function registerExtension(server: Server, mcp: McpContext): void {
  registerMethods(server, mcp, {
    'tasks/get': ofTask(async (taskId, call) => {
      const { task, extras } = await readTask(call, taskId);
      const result = isDone(task.state) ? await answerOutcome(call, task, task.state) : null;
      return { ...toDetailedTask(task, mcp.polling, Date.now(), result), ...extras };
    }),
    'tasks/update': ofTask(async (taskId, { caller, context }, params) => {
      const responses = await parseAnswers(params, context, async () => {
        const { state } = await mcp.tasks.read(caller, taskId);
        return state.status === 'input_required' ? state.requests : {};
      });
      await mcp.tasks.provideInput(caller, taskId, responses);
      return {};
    }),
    'tasks/cancel': ofTask(async (taskId, { caller }, params) => {
      const task = await mcp.tasks.read(caller, taskId);
      await mcp.tasks.cancel(caller, taskId, toCancelReason(params, task));
      return {};
    }),
  });
}

function ofTask(answer: (taskId: string, call: Call, params: unknown) => Promise<object>): Method {
  return async (params, call) => {
    requireExtension(call.context);
    return answer(parseTaskId(params), call, params);
  };
}

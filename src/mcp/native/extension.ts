// The tasks extension (SEP-2663), for modern connections: reading, answering and cancelling tasks. Invariants: a request
// that does not declare the extension is refused before anything else is looked at, and acknowledgements are empty.
import type { Server, ServerContext } from '@modelcontextprotocol/server';
import { requireExtension } from './capability.ts';
import { toDetailedTask } from './detailed-task.ts';
import {
  anyParameters,
  createHandler,
  parseParameters,
  taskParameters,
  type NativeFaces,
} from '../method.ts';
import { readHeld } from './held.ts';
import { parseAnswers } from '../input/input-responses.ts';

/** Adds the methods of the extension to a server. */
export function registerExtension(server: Server, faces: NativeFaces): void {
  const { tasks } = faces;
  const register = (
    method: string,
    answer: (taskId: string, params: unknown, context: ServerContext) => Promise<object>,
  ): void => {
    const handler = createHandler(faces, method, async (params, context) => {
      requireExtension(context);
      return answer(parseParameters(taskParameters, params).taskId, params, context);
    });
    server.setRequestHandler(method, anyParameters, handler);
  };

  register('tasks/get', async (taskId, _, context) => {
    const { task, extras } = await readHeld(faces, context, taskId);
    return { ...toDetailedTask(task, faces.polling), ...extras };
  });
  register('tasks/update', async (taskId, params, context) => {
    const caller = faces.caller(context);
    const responses = await parseAnswers(params, context, async () => {
      const { state } = await tasks.read(caller, taskId);
      return state.status === 'input_required' ? state.requests : {};
    });
    await tasks.provideInput(caller, taskId, responses);
    return {};
  });
  register('tasks/cancel', async (taskId, _, context) => {
    await tasks.cancel(faces.caller(context), taskId);
    return {};
  });
}

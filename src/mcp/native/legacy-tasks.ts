// The tasks of 2025-11-25, for legacy connections. Invariant: once a cancel was answered, every answer says `cancelled`,
// however the work ends.
import { ProtocolError, type Server, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import {
  anyParameters,
  createHandler,
  parseParameters,
  taskParameters,
  type NativeFaces,
} from '../method.ts';
import { readHeld } from './held.ts';
import { answerResult } from './legacy-result.ts';
import { isLegacyTerminal, toLegacyStatus, toLegacyTask, type LegacyTask } from './view.ts';

/** Tasks per page of tasks/list. */
const PAGE = 20;

const listParameters = z.looseObject({ cursor: z.string().optional() });

/** Adds the methods of 2025-11-25 tasks to a server. */
export function registerLegacyTasks(server: Server, faces: NativeFaces): void {
  const { tasks } = faces;
  const register = (
    method: string,
    answer: (params: unknown, context: ServerContext) => Promise<object>,
  ): void => {
    server.setRequestHandler(method, anyParameters, createHandler(faces, method, answer));
  };
  const toTaskId = (params: unknown) => parseParameters(taskParameters, params).taskId;

  register('tasks/get', async (params, context) => {
    const { task, extras } = await readHeld(faces, context, toTaskId(params), isLegacyTerminal);
    return { ...toLegacyTask(task, faces.polling), ...extras };
  });
  register('tasks/result', async (params, context) =>
    answerResult(server, faces, toTaskId(params), context),
  );
  register('tasks/cancel', async (params, context) => cancel(faces, toTaskId(params), context));
  register('tasks/list', async (params, context) => {
    const { cursor } = parseParameters(listParameters, params);
    const page = await tasks.list(faces.caller(context), {
      limit: PAGE,
      ...(cursor !== undefined && { cursor }),
    });
    return {
      tasks: page.tasks.map((task) => toLegacyTask(task, faces.polling)),
      ...(page.nextCursor !== null && { nextCursor: page.nextCursor }),
    };
  });
}

async function cancel(
  faces: NativeFaces,
  taskId: string,
  context: ServerContext,
): Promise<LegacyTask> {
  const caller = faces.caller(context);
  const before = await faces.tasks.read(caller, taskId);
  if (isLegacyTerminal(before)) throw toTerminalError(toLegacyStatus(before));
  const { task, cancellation } = await faces.tasks.cancel(caller, taskId);
  if (cancellation === 'already_finished') throw toTerminalError(toLegacyStatus(task));
  return toLegacyTask({ ...task, cancelRequested: true }, faces.polling);
}

function toTerminalError(status: string): ProtocolError {
  return new ProtocolError(-32602, `Cannot cancel the task: it is ${status} already.`);
}

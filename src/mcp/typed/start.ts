// The start of a typed call's task.
import type { ServerContext } from '@modelcontextprotocol/server';
import { EXTRAS } from '../../contract/extras.ts';
import type { InputResponses } from '../../contract/input.ts';
import type { Task } from '../../contract/task.ts';
import type { TypedArguments, TypedTool } from './tool.ts';
import type { Typed } from './typed.ts';

/** One request. */
export interface TypedRequest {
  readonly params: { readonly arguments?: unknown; readonly task?: unknown };
  readonly context: ServerContext;
}

/**
 * The task of the call, new or found again; durable when it resolves.
 *
 * @param args the arguments, where they are read already
 * @param inputResponses what is answered before the start
 */
export async function startTyped(
  typed: Typed,
  tool: TypedTool,
  { params, context }: TypedRequest,
  args: TypedArguments = tool.read(params.arguments),
  inputResponses: InputResponses = {},
): Promise<Task> {
  const { parameters, idempotencyKey } = args;
  const allowed: unknown = context.mcpReq._meta?.[EXTRAS.maxWaitSeconds];
  const { task } = await typed.tasks.start(typed.caller(context), {
    operation: tool.operation.name,
    parameters,
    ...(idempotencyKey !== undefined && { idempotencyKey }),
    ...(typeof allowed === 'number' && allowed > 0 && { maxWaitMs: allowed * 1000 }),
    ...(Object.keys(inputResponses).length > 0 && { inputResponses }),
  });
  return task;
}

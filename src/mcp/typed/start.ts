// A call of an operation's own tool, and the start of its task.
import { EXTRAS } from '../../contract/extras.ts';
import type { InputResponses } from '../../contract/input.ts';
import type { Task } from '../../contract/task.ts';
import type { Call } from '../call.ts';
import type { TypedArguments, TypedTool } from './tool.ts';

export interface TypedCall extends Call {
  readonly tool: TypedTool;
  readonly params: { readonly arguments?: unknown; readonly task?: unknown };
}

/**
 * The task of the call, new or found again; durable when it resolves.
 *
 * @param args the arguments, where they are read already
 * @param inputResponses what is answered before the start
 */
export async function startTyped(
  { mcp, caller, context, tool, params }: TypedCall,
  args: TypedArguments = tool.read(params.arguments),
  inputResponses: InputResponses = {},
): Promise<Task> {
  const { parameters, idempotencyKey } = args;
  const allowed: unknown = context.mcpReq._meta?.[EXTRAS.maxWaitSeconds];
  const { task } = await mcp.tasks.start(caller, {
    operation: tool.operation.name,
    parameters,
    idempotencyKey,
    ...(typeof allowed === 'number' && allowed > 0 && { maxWaitMs: allowed * 1000 }),
    ...(Object.keys(inputResponses).length > 0 && { inputResponses }),
  });
  return task;
}

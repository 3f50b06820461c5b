// A call of another server's tool as its attempts run it: the answer, or the task that the server made of it.
import type { Json, JsonObject } from '../../../src/contract/json.ts';
import type { CallSteps, CallAnswer, Operation } from '../../../src/operations/operation.ts';
import { createTestContext, type ContextOverrides } from './context.ts';

export function toCallSteps(operation: Operation | undefined): CallSteps {
  if (operation?.steps.kind !== 'call') throw new Error('no such operation');
  return operation.steps;
}

export async function startCall(
  operation: Operation | undefined,
  args: object,
  more: ContextOverrides,
): Promise<CallAnswer> {
  return toCallSteps(operation).call(args as Json, createTestContext(more));
}

/** Calls a tool that answers by itself. */
export async function callTool(
  operation: Operation | undefined,
  args: object,
  more: ContextOverrides,
): Promise<JsonObject> {
  const answer = await startCall(operation, args, more);
  if ('followed' in answer) throw new Error('the server made a task of the call');
  return answer.result as JsonObject;
}

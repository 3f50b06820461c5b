// A call of an operation's own tool. How it is answered is decided for each request from what that request declares: a native
// task of either generation, a question, the result, or the handle.
import {
  ProtocolError,
  type ProtocolEra,
  type Result,
  type Server,
} from '@modelcontextprotocol/server';
import { isDone } from '../../contract/task.ts';
import { toRefusal } from '../refusal.ts';
import { createAsking } from '../input/elicit.ts';
import { toHandleResult } from './handle.ts';
import { waitInline } from './inline.ts';
import { callModern } from './modern.ts';
import { toCreateError, toLegacyResult } from './native.ts';
import { toOutcomeResult } from '../answers/outcome.ts';
import { startTyped, type TypedRequest } from './start.ts';
import type { TypedTool } from './tool.ts';
import type { Typed } from './typed.ts';

/** Answers a call. Refusals are thrown, as errors of the table or of the protocol. */
export async function callTyped(
  typed: Typed,
  tool: TypedTool,
  request: TypedRequest,
  { era, server }: { readonly era: ProtocolEra; readonly server: Server },
): Promise<Result> {
  if (era === 'modern') return callModern(typed, tool, request);
  if (request.params.task !== undefined) return createLegacy(typed, tool, request);
  const { context } = request;
  const task = await waitInline(typed, context, await startTyped(typed, tool, request), {
    waitMs: tool.inlineWaitMs,
    ask: createAsking(server, context),
  });
  return isDone(task.state) ? toOutcomeResult(task.state) : toHandleResult(task, typed);
}

/** A task-augmented request is refused with an error of the protocol, as 2025-11-25 demands. */
async function createLegacy(typed: Typed, tool: TypedTool, request: TypedRequest): Promise<Result> {
  try {
    return toLegacyResult(await startTyped(typed, tool, request), typed);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    throw toCreateError(toRefusal(thrown, tool.operation.name, typed.log));
  }
}

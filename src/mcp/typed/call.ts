// A call of an operation's own tool. How it is answered is decided for each request from what that request declares: a native
// task of either generation, a question, the result, or the handle.
import { ProtocolError, type ProtocolEra, type Result } from '@modelcontextprotocol/server';
import { isDone } from '../../contract/task.ts';
import { answerOutcome } from '../answers/outcome.ts';
import { toRefusal } from '../refusal.ts';
import { toHandleResult } from './handle.ts';
import { waitInline } from './inline.ts';
import { callModern } from './modern.ts';
import { startTyped, type TypedCall } from './start.ts';
import { toCreateError, toLegacyResult } from './task-results.ts';

/** Answers a call. Refusals are thrown, as errors of the table or of the protocol. */
export async function callTyped(call: TypedCall, era: ProtocolEra): Promise<Result> {
  if (era === 'modern') return callModern(call);
  if (call.params.task !== undefined) return createLegacy(call);
  const { tool, mcp } = call;
  const started = await startTyped(call);
  const task = await waitInline(call, started, { waitMs: tool.inlineWaitMs, asks: true });
  return isDone(task.state) ? answerOutcome(call, task, task.state) : toHandleResult(task, mcp);
}

/** A task-augmented request is refused with an error of the protocol, as 2025-11-25 demands. */
async function createLegacy(call: TypedCall): Promise<Result> {
  const { mcp, tool } = call;
  try {
    return toLegacyResult(await startTyped(call), mcp);
  } catch (thrown) {
    if (thrown instanceof ProtocolError) throw thrown;
    throw toCreateError(toRefusal(thrown, tool.operation.name, mcp.log));
  }
}

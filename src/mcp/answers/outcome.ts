// The outcome of a task as the result of its typed tool: the same in the answer of a call that waited and in what the
// native faces hand out later.
import type { CallToolResult } from '@modelcontextprotocol/server';
import { EXTRAS, RELATED_TASK } from '../../contract/extras.ts';
import { isDone, type Outcome, type Task } from '../../contract/task.ts';
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { toFailureStep } from '../../tasks/next-step.ts';
import type { Call } from '../call.ts';
import { cutAnswer } from '../results/fit.ts';
import { toAnswerResult, toRefusalResult } from './tool-result.ts';

/** The result of a call whose task has ended: its outcome, within the budget. */
export async function answerOutcome(
  call: Call,
  task: Task,
  outcome: Outcome,
): Promise<CallToolResult> {
  const cut =
    outcome.status === 'completed'
      ? await cutAnswer(call, toTaskAnswer(task, call.mcp.polling) as JsonObject)
      : null;
  const result = cut
    ? toAnswerResult(cut)
    : (toForeignResult(call, task, outcome) ?? toOutcomeResult(outcome));
  return saysError(call, task, outcome) ? { ...result, isError: true } : result;
}

/** What a tool of another server answered, as it is; `null` where the task called none. */
function toForeignResult(
  call: Pick<Call, 'mcp'>,
  task: Task,
  outcome: Outcome,
): CallToolResult | null {
  if (!isForeign(call, task) || outcome.status !== 'completed' || !isJsonObject(outcome.result))
    return null;
  return Array.isArray(outcome.result['content'])
    ? (outcome.result as unknown as CallToolResult)
    : null;
}

function isForeign({ mcp: { registry } }: Pick<Call, 'mcp'>, { operation: name }: Task): boolean {
  return registry.all.some(({ operation }) => operation.name === name && operation.tool);
}

/** Whether a task has called a tool of another server that answered with an error. */
export function isToolError(call: Pick<Call, 'mcp'>, task: Task): boolean {
  return isDone(task.state) && saysError(call, task, task.state);
}

/** Also where the answer has become a file, of which only this is known here. */
function saysError(call: Pick<Call, 'mcp'>, task: Task, outcome: Outcome): boolean {
  if (outcome.status !== 'completed' || !isJsonObject(outcome.result)) return false;
  return outcome.result['isError'] === true && isForeign(call, task);
}

/**
 * The result of a call. One that is no object stands in the field `result`, for clients that take only objects; the text of a
 * text is the text itself, as a model reads it best.
 */
export function toOutcomeResult(outcome: Outcome): CallToolResult {
  if (outcome.status === 'failed') {
    return toRefusalResult(outcome.error, toFailureStep(outcome.error, 'typed'));
  }
  const { result } = outcome;
  if (isJsonObject(result)) return toAnswerResult(result);
  const answer = { ...toAnswerResult({ result }), _meta: { [EXTRAS.wrapped]: true } };
  return typeof result === 'string'
    ? { ...answer, content: [{ type: 'text', text: result }] }
    : answer;
}

export function toRelatedResult(result: CallToolResult, { taskRef }: Task): CallToolResult {
  return { ...result, _meta: { ...result._meta, [RELATED_TASK]: { taskId: taskRef } } };
}

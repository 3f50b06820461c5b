// The answer of a typed call whose task is not done: the task as resolve_task_status shows it, and the sentence what to call
// next, which names only tools that are there.
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { JsonObject } from '../../contract/json.ts';
import type { Task } from '../../contract/task.ts';
import { toTaskAnswer } from '../../tasks/answer.ts';
import { toAnswerResult } from '../answers/tool-result.ts';
import type { McpContext } from '../context.ts';

export function toHandleResult(task: Task, { tools, polling }: McpContext): CallToolResult {
  const answer = toTaskAnswer(task, polling) as JsonObject;
  return toAnswerResult(tools.pair ? answer : { ...answer, next_step: toRepeatStep(task, answer) });
}

function toRepeatStep({ operation, idempotencyKey, state }: Task, answer: JsonObject): string {
  const seconds = Math.max(1, Math.round(Number(answer['poll_after_ms']) / 1000));
  const again = `call ${operation} again with the same arguments and idempotency_key ${JSON.stringify(idempotencyKey)}`;
  return state.status === 'input_required' && Object.keys(state.requests).length > 0
    ? `The task waits for a person, whom this client cannot ask: tell the user what input_requests says; after it is answered elsewhere, ${again}.`
    : `In ${seconds} s ${again}: it answers with the result of this task, or with the task as it then stands.`;
}

// Typed calls that are answered with a native task, one shape per generation.
import { ProtocolError, type Result } from '@modelcontextprotocol/server';
import { ERRORS, type TaskError } from '../../contract/errors.ts';
import type { Task } from '../../contract/task.ts';
import { toRefusalStep } from '../../tasks/next-step.ts';
import { toErrorAnswer } from '../../tasks/error-answer.ts';
import { toExtensionTask, toLegacyTask } from '../native/view.ts';
import { toTaskMeta } from '../client-hints.ts';
import type { McpContext } from '../context.ts';

/** The task of SEP-2663, flat. */
export function toExtensionResult(task: Task, { polling }: McpContext): Result {
  return { resultType: 'task', ...toExtensionTask(task, polling), _meta: { ...toTaskMeta(task) } };
}

/** The `_meta` key of what a legacy client passes to its model at once. Source: MCP 2025-11-25, tasks. */
const IMMEDIATE_RESPONSE = 'io.modelcontextprotocol/model-immediate-response';

/**
 * The task of 2025-11-25. It begins as `working`, as that revision demands, though a repeated call may find it further on:
 * the next `tasks/get` says so.
 */
export function toLegacyResult(task: Task, { polling, tools }: McpContext): Result {
  const { statusMessage, ...fields } = toLegacyTask(task, polling);
  const isWorking = fields.status === 'working';
  return {
    content: [],
    task: {
      ...fields,
      status: 'working',
      ...(isWorking && statusMessage !== undefined && { statusMessage }),
    },
    _meta: { ...toTaskMeta(task), [IMMEDIATE_RESPONSE]: toImmediateStep(task, tools.pair) },
  };
}

function toImmediateStep({ operation, taskRef }: Task, hasControlTools: boolean): string {
  const how = hasControlTools
    ? ` resolve_task_status with task_ref ${taskRef} shows it at any time.`
    : '';
  return `${operation} runs in the background and its result follows: go on with other work meanwhile.${how}`;
}

/** Why no task was made: a task-augmented request of 2025-11-25 is refused with an error of the protocol. */
export function toCreateError(error: TaskError): ProtocolError {
  return new ProtocolError(
    ERRORS[error.code].seen.rpc,
    `${error.code}: ${error.message}. ${toRefusalStep(error)}`,
    toErrorAnswer(error),
  );
}

// The whole of a task, as tasks/get of the extension shows it. Invariant: result, error and questions are there in the
// one status that has them, and absent, never null, in every other: clients cancel a task that breaks this.
import type { CallToolResult } from '@modelcontextprotocol/server';
import type { TaskError } from '../../contract/errors.ts';
import { isDone, type Task } from '../../contract/task.ts';
import { toErrorAnswer, type ErrorAnswer } from '../../tasks/error-answer.ts';
import { toFormRequests, type FormRequest } from '../input/form-requests.ts';
import { toOutcomeResult } from '../answers/outcome.ts';
import type { PollingHints } from '../../tasks/options.ts';
import { toExtensionTask, type ExtensionTask } from './view.ts';

export interface ErrorObject {
  readonly code: number;
  readonly message: string;
  readonly data: ErrorAnswer;
}

export interface DetailedTask extends ExtensionTask {
  readonly result?: CallToolResult & { readonly resultType: 'complete' };
  readonly error?: ErrorObject;
  /** Every question that is not answered yet. */
  readonly inputRequests?: Readonly<Record<string, FormRequest>>;
}

/** @param result what the call itself would have answered, where that is not simply the outcome */
export function toDetailedTask(
  task: Task,
  polling: PollingHints,
  now = Date.now(),
  result?: CallToolResult | null,
): DetailedTask {
  const fields = toExtensionTask(task, polling, now);
  const { state } = task;
  if (state.status === 'input_required') {
    return { ...fields, inputRequests: toFormRequests(state.requests) };
  }
  if (!isDone(state) || fields.status === 'cancelled') return fields;
  if (state.status === 'failed' && fields.status === 'failed') {
    return { ...fields, error: toErrorObject(state.error) };
  }
  return { ...fields, result: { resultType: 'complete', ...(result ?? toOutcomeResult(state)) } };
}

/** A failure of Longhaul itself, as a JSON-RPC error. */
export function toErrorObject(error: TaskError): ErrorObject {
  return { code: -32603, message: error.message, data: toErrorAnswer(error) };
}

// From a refusal to the JSON-RPC error that the native faces answer. A task that is foreign, unknown, expired or
// malformed gives one and the same answer.
import { ProtocolError } from '@modelcontextprotocol/server';
import type { TaskError } from '../contract/errors.ts';
import { toWellFormed } from '../contract/text.ts';
import type { OperationLog } from '../operations/context.ts';
import { toRefusal } from './refusal.ts';
import { toErrorAnswer } from '../tasks/error-answer.ts';

const INVALID_PARAMS = -32602;
const INTERNAL_ERROR = -32603;

/** The error of a method; an unexpected failure is logged. */
export function toProtocolError(
  thrown: unknown,
  method: string,
  log: Pick<OperationLog, 'error'>,
): ProtocolError {
  if (thrown instanceof ProtocolError) return thrown;
  return toRefusalError(toWellFormed(toRefusal(thrown, method, log)));
}

function toRefusalError(error: TaskError): ProtocolError {
  if (error.code === 'TASK_NOT_FOUND') {
    return new ProtocolError(INVALID_PARAMS, 'Task not found: it is unknown or has expired.');
  }
  if (error.code === 'INVALID_PARAMETERS') {
    return new ProtocolError(INVALID_PARAMS, error.message, toErrorAnswer(error));
  }
  const advice = error.retryable ? '; the task is safe, send the request again' : '';
  return new ProtocolError(INTERNAL_ERROR, `${error.message}${advice}`, toErrorAnswer(error));
}

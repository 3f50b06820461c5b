// From what an operation threw to what Temporal records: the failure's type is the error's code.
import { ApplicationFailure } from '@temporalio/activity';
import { createTaskError, toTaskError, type TaskError } from '../src/contract/errors.ts';

const MESSAGE_CHARACTERS = 2_000;

/** A failure travels through the history and into every answer: details above this are left out, and said to be. */
const DETAILS_BYTES = 16_384;

/** The failure to throw from an activity. Who repeats, and when, is decided by the workflow. */
export function toFailure(thrown: unknown): ApplicationFailure {
  const error = bound(toTaskError(thrown));
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable,
    details: [error],
  });
}

function bound(error: TaskError): TaskError {
  const { code, retryAfterMs } = error;
  const message =
    error.message.length > MESSAGE_CHARACTERS
      ? `${error.message.slice(0, MESSAGE_CHARACTERS)} …`
      : error.message;
  const bytes = error.details === undefined ? 0 : byteLength(error.details);
  const details = bytes > DETAILS_BYTES ? { omitted: `details of ${bytes} bytes` } : error.details;
  return createTaskError(code, message, { retryAfterMs, details });
}

/** Size of a value as JSON in UTF-8, in bytes. */
export function byteLength(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

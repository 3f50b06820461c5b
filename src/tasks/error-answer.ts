// An error of the table as JSON.
import type { ErrorCode, TaskError } from '../contract/errors.ts';
import type { Json } from '../contract/json.ts';

/** An error, with the names it has on the wire. */
export interface ErrorAnswer {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly retry_after_ms?: number;
  readonly details?: Json;
}

/** An error of the table, as the wire has it. */
export function toErrorAnswer(error: TaskError): ErrorAnswer {
  const { code, message, retryable, retryAfterMs, details } = error;
  return {
    code,
    message,
    retryable,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(details !== undefined && { details }),
  };
}

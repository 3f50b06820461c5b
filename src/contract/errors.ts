// The closed table of everything that can go wrong, for every side. An error is known by its code, never by its
// class: classes survive neither Temporal nor JSON-RPC.
import type { Json } from './json.ts';

interface ErrorEntry {
  /** Whether sending the same request again, later, can help. */
  readonly retryable: boolean;
  /** What the code means, in one sentence. */
  readonly meaning: string;
}

export const ERRORS = {
  INVALID_PARAMETERS: {
    retryable: false,
    meaning: 'The call does not fit its schema; the details name every offending path.',
  },
  UNKNOWN_OPERATION: {
    retryable: false,
    meaning: 'No operation of this name is registered.',
  },
  IDEMPOTENCY_KEY_CONFLICT: {
    retryable: false,
    meaning: 'The idempotency key already names a different request.',
  },
  TASK_NOT_FOUND: {
    retryable: false,
    meaning: 'The task_ref names no task of this caller, or the task has expired.',
  },
  QUEUE_TIMEOUT: {
    retryable: true,
    meaning: 'No worker took the task within its queue time; nothing was run.',
  },
  ATTEMPT_TIMEOUT: {
    retryable: true,
    meaning: 'One attempt took longer than the operation allows; its effect upstream is not known.',
  },
  DEADLINE_EXCEEDED: {
    retryable: true,
    meaning: 'The total time of the task ran out.',
  },
  OUTCOME_UNKNOWN: {
    retryable: false,
    meaning:
      'The attempt vanished with its worker, or its answer was lost or could not be read: it may or may not have taken effect.',
  },
  CANCELLED: {
    retryable: false,
    meaning: 'The task was cancelled on request.',
  },
  TERMINATED: {
    retryable: false,
    meaning: 'An operator ended the task in Temporal.',
  },
  UPSTREAM_REJECTED: {
    retryable: false,
    meaning: 'The system behind the operation refused the request.',
  },
  UPSTREAM_UNAVAILABLE: {
    retryable: true,
    meaning: 'The system behind the operation could not be reached or could not serve the request.',
  },
  CIRCUIT_OPEN: {
    retryable: true,
    meaning: 'The operation is switched off for the moment because it keeps failing.',
  },
  RATE_LIMITED: {
    retryable: true,
    meaning: 'Too many requests; try again after the time that is given.',
  },
  RESULT_TOO_LARGE: {
    retryable: false,
    meaning: 'The operation ended, but its result is larger than a task may carry.',
  },
  FILE_NOT_FOUND: {
    retryable: false,
    meaning: 'A uri names no file of this caller, or the file has expired.',
  },
  FILE_DAMAGED: {
    retryable: false,
    meaning: 'A file is not what was stored: it was changed or cut short where it is kept.',
  },
  STORAGE_UNAVAILABLE: {
    retryable: true,
    meaning: 'The storage of files is out of reach or does not work.',
  },
  SUBMISSION_UNCONFIRMED: {
    retryable: true,
    meaning:
      'The start was sent but not confirmed in time; repeat the call with the same idempotency key.',
  },
  BACKEND_UNAVAILABLE: {
    retryable: true,
    meaning: 'Temporal is out of reach; existing tasks are safe and can be read when it is back.',
  },
  INTERNAL: {
    retryable: false,
    meaning: 'The operation or Longhaul itself failed in a way that it does not describe.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** One code of the closed table. */
export type ErrorCode = keyof typeof ERRORS;

/** An error as data: what crosses processes, and what the agent reads. */
export interface TaskError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  /** How long to wait before trying again, in milliseconds; absent when nothing is known. */
  readonly retryAfterMs?: number;
  readonly details?: Json;
}

/** Whether a string is a code of the table. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** An error of the table, about to be thrown; `retryable` stands in the table, not at the throw. */
export function createTaskError(
  code: ErrorCode,
  message: string,
  more: { readonly retryAfterMs?: number | undefined; readonly details?: Json | undefined } = {},
): TaskError {
  return {
    code,
    message,
    retryable: ERRORS[code].retryable,
    ...(more.retryAfterMs !== undefined && { retryAfterMs: more.retryAfterMs }),
    ...(more.details !== undefined && { details: more.details }),
  };
}

/**
 * An error of the table, as a throwable. Operations throw it to say how they failed; the task service throws it to
 * refuse a call.
 */
export class OperationError extends Error {
  override readonly name = 'OperationError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;
  readonly details: Json | undefined;

  /**
   * @param code a code of the table `ERRORS`
   * @param message names the thing, the value and the way out
   * @param more `retryAfterMs`: earliest sensible retry, in milliseconds; `details`: any JSON
   */
  constructor(
    code: ErrorCode,
    message: string,
    more: {
      readonly retryAfterMs?: number | undefined;
      readonly details?: Json | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.retryAfterMs = more.retryAfterMs;
    this.details = more.details;
  }
}

/** Whatever was thrown, as an error of the table: an `OperationError` keeps its code, anything else is `INTERNAL`. */
export function toTaskError(thrown: unknown): TaskError {
  if (thrown instanceof Error && 'code' in thrown && isErrorCode(thrown.code)) {
    const { code, message, retryAfterMs, details } = thrown as OperationError;
    return createTaskError(code, message, { retryAfterMs, details });
  }
  return createTaskError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown));
}

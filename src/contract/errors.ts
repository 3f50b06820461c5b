// The closed table of everything that can go wrong, for every side. An error is known by its code, never by its
// class: classes survive neither Temporal nor JSON-RPC.
import type { Json } from './json.ts';

interface ErrorEntry {
  /** Whether sending the same request again, later, can help. */
  readonly retryable: boolean;
  readonly meaning: string;
  /** What each side makes of it. */
  readonly seen: {
    /** What a breaker takes from an attempt that reports it: that its upstream is ill, or well, or nothing. */
    readonly breaker: 'sick' | 'well' | 'nothing';
    /** The status of an answer over plain HTTP. */
    readonly http: number;
    /** The error of JSON-RPC: the caller's mistake, or a failure on this side. */
    readonly rpc: -32602 | -32603;
    /**
     * What metrics and alerts count a task as that ends with it. `deadline` and `unknown` have a counter of their own beside
     * that of all ends; `wish` is no failure to the alert on their rate.
     */
    readonly counts: 'failure' | 'deadline' | 'unknown' | 'wish';
    /** Whether a task ends with it, or hardly any does, because the call is refused. */
    readonly ends: 'task' | 'call';
  };
}

export const ERRORS = {
  INVALID_PARAMETERS: {
    retryable: false,
    meaning: 'The call does not fit its schema; the details name every offending path.',
    seen: { breaker: 'nothing', http: 400, rpc: -32602, counts: 'failure', ends: 'call' },
  },
  UNKNOWN_OPERATION: {
    retryable: false,
    meaning: 'No operation of this name is registered.',
    seen: { breaker: 'nothing', http: 404, rpc: -32602, counts: 'failure', ends: 'call' },
  },
  IDEMPOTENCY_KEY_CONFLICT: {
    retryable: false,
    meaning: 'The idempotency key already names a different request.',
    seen: { breaker: 'nothing', http: 409, rpc: -32602, counts: 'failure', ends: 'call' },
  },
  TASK_NOT_FOUND: {
    retryable: false,
    meaning: 'The task_ref names no task of this caller, or the task has expired.',
    seen: { breaker: 'nothing', http: 404, rpc: -32603, counts: 'failure', ends: 'call' },
  },
  QUEUE_TIMEOUT: {
    retryable: true,
    meaning: 'No worker took the task within its queue time; nothing was run.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'deadline', ends: 'task' },
  },
  ATTEMPT_TIMEOUT: {
    retryable: true,
    meaning:
      'One attempt, or the workflow that it follows, took longer than it may; its effect upstream is not known.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'deadline', ends: 'task' },
  },
  DEADLINE_EXCEEDED: {
    retryable: true,
    meaning: 'The total time of the task ran out.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'deadline', ends: 'task' },
  },
  OUTCOME_UNKNOWN: {
    retryable: false,
    meaning:
      'The attempt vanished with its worker, or its answer was lost or could not be read: it may or may not have taken effect.',
    seen: { breaker: 'sick', http: 500, rpc: -32603, counts: 'unknown', ends: 'task' },
  },
  CANCELLED: {
    retryable: false,
    meaning: 'The task was cancelled on request.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'wish', ends: 'task' },
  },
  TERMINATED: {
    retryable: false,
    meaning: 'An operator ended the task, or the workflow that it follows, in Temporal.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  UPSTREAM_REJECTED: {
    retryable: false,
    meaning: 'The system behind the operation refused the request.',
    seen: { breaker: 'well', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  UPSTREAM_UNAVAILABLE: {
    retryable: true,
    meaning: 'The system behind the operation could not be reached or could not serve the request.',
    seen: { breaker: 'sick', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  CIRCUIT_OPEN: {
    retryable: true,
    meaning: 'The operation is switched off for the moment because it keeps failing.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  RATE_LIMITED: {
    retryable: true,
    meaning: 'Too many requests; try again after the time that is given.',
    seen: { breaker: 'well', http: 429, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  RESULT_TOO_LARGE: {
    retryable: false,
    meaning: 'The operation ended, but its result is larger than a task may carry.',
    seen: { breaker: 'well', http: 413, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  FILE_NOT_FOUND: {
    retryable: false,
    meaning: 'A uri names no file of this caller, or the file has expired.',
    seen: { breaker: 'nothing', http: 404, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  FILE_DAMAGED: {
    retryable: false,
    meaning: 'A file is not what was stored: it was changed or cut short where it is kept.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  STORAGE_UNAVAILABLE: {
    retryable: true,
    meaning: 'The storage of files is out of reach or does not work.',
    seen: { breaker: 'nothing', http: 503, rpc: -32603, counts: 'failure', ends: 'task' },
  },
  SUBMISSION_UNCONFIRMED: {
    retryable: true,
    meaning:
      'The start was sent but not confirmed in time; repeat the call with the same idempotency key.',
    seen: { breaker: 'nothing', http: 503, rpc: -32603, counts: 'failure', ends: 'call' },
  },
  BACKEND_UNAVAILABLE: {
    retryable: true,
    meaning: 'Temporal is out of reach; existing tasks are safe and can be read when it is back.',
    seen: { breaker: 'nothing', http: 503, rpc: -32603, counts: 'failure', ends: 'call' },
  },
  INTERNAL: {
    retryable: false,
    meaning: 'The operation or Longhaul itself failed in a way that it does not describe.',
    seen: { breaker: 'nothing', http: 500, rpc: -32603, counts: 'failure', ends: 'task' },
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

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERRORS, value);
}

/** The code of an error of the table; `null` for whatever else was thrown. */
export function toErrorCode(thrown: unknown): ErrorCode | null {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return isErrorCode(code) ? code : null;
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
  const code = toErrorCode(thrown);
  if (code !== null) {
    const { message, retryAfterMs, details } = thrown as OperationError;
    return createTaskError(code, message, { retryAfterMs, details });
  }
  return createTaskError('INTERNAL', thrown instanceof Error ? thrown.message : String(thrown));
}

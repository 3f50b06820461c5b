// Why the end of a task could not be learned. A task that failed is an outcome, never thrown; what is thrown here says
// nothing about how the task ended, and carries the handle with which to go on.
import type { Json } from '../contract/json.ts';
import type { SerializedHandle } from './handle.ts';

/**
 * A code of the server that refused the call, or one of this library's own: `UNREACHABLE` (no answer for longer than
 * `patienceSeconds`), `POLLS_EXHAUSTED`, `SUBMISSION_UNCONFIRMED` (the start's answer was lost, and the server has no
 * idempotency keys), `CALL_FAILED` (the connection failed in a way that a repetition cannot mend), `INVALID_ANSWER`,
 * `REFUSED` (the server gave no code).
 */
export class TaskClientError extends Error {
  override readonly name = 'TaskClientError';
  readonly code: string;
  /** Whether going on, or starting again with the same idempotency key, can help later. */
  readonly retryable: boolean;
  readonly details: Json | undefined;
  /** The task, where there is one. */
  readonly handle: SerializedHandle | null;

  constructor(
    code: string,
    message: string,
    more: {
      readonly retryable: boolean;
      readonly details?: Json | undefined;
      readonly handle?: SerializedHandle | null;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: more.cause });
    this.code = code;
    this.retryable = more.retryable;
    this.details = more.details;
    this.handle = more.handle ?? null;
  }
}

// A look at a job that says nothing about the job. What ends a job is what its upstream says of it; that nobody could read an
// answer ends at most the looking, and then the job may go on.
import { ERRORS, isErrorCode, OperationError, toTaskError } from '../contract/errors.ts';
import { isJsonObject } from '../contract/json.ts';

/** Thrown by `poll` where the look could not be read. */
export class UnreadLook extends OperationError {
  /** Whether another look may see more. */
  readonly again: boolean;

  constructor({ code, message, retryAfterMs, details, cause }: OperationError, again = true) {
    super(code, message, { retryAfterMs, details, cause });
    this.again = again;
  }
}

/** What a failed look throws: what time alone mends stays as it is, and anything else is a look that could not be read. */
export function toLookError(thrown: unknown): unknown {
  const passes = thrown instanceof OperationError && ERRORS[thrown.code].retryable;
  return passes ? thrown : toUnread(thrown);
}

/** The same for code of an author, whose `OperationError` says that the job failed. */
export function toAuthoredLookError(thrown: unknown): unknown {
  if (thrown instanceof Error && thrown.name === 'InputRequired') {
    const why = `${thrown.message}; a job can only ask in its submit`;
    return new UnreadLook(new OperationError('INTERNAL', why), false);
  }
  const says = thrown instanceof Error && 'code' in thrown && isErrorCode(thrown.code);
  return says ? thrown : toUnread(thrown);
}

/** Refusals that may pass: a token that is being renewed, a job that cannot be seen yet. */
const PASSING: readonly number[] = [401, 403, 404, 407];

/** Whether the upstream refuses to speak of this job, in a way that no later look changes. */
function isFinal({ details }: OperationError): boolean {
  const status = isJsonObject(details) ? Number(details['status']) : NaN;
  return status >= 400 && status < 500 && !PASSING.includes(status);
}

function toUnread(thrown: unknown): UnreadLook {
  if (thrown instanceof UnreadLook) return thrown;
  if (thrown instanceof OperationError) return new UnreadLook(thrown, !isFinal(thrown));
  const { code, message } = toTaskError(thrown);
  return new UnreadLook(new OperationError(code, message, { cause: thrown }));
}

// Polls that say nothing about the job. What ends a job is what its upstream says of it; an answer that could not be read ends at
// most the polling, and then the job may go on.
import { ERRORS, isErrorCode, OperationError, toTaskError } from '../contract/errors.ts';
import { isJsonObject } from '../contract/json.ts';

/** Thrown by `poll` where the answer could not be read. */
export class UnreadPoll extends OperationError {
  /** Whether another poll may see more. */
  readonly again: boolean;
  /** Whether the job may go on, where no poll comes after this one. */
  readonly jobMayRun: boolean;

  constructor(
    { code, message, retryAfterMs, details, cause }: OperationError,
    again = true,
    jobMayRun = true,
  ) {
    super(code, message, { retryAfterMs, details, cause });
    this.again = again;
    this.jobMayRun = jobMayRun;
  }
}

/** What a failed poll throws: what time alone mends stays as it is, and anything else is an answer that could not be read. */
export function toPollError(thrown: unknown): unknown {
  const passes = thrown instanceof OperationError && ERRORS[thrown.code].retryable;
  return passes ? thrown : toUnread(thrown);
}

/** The same for code of an author, whose `OperationError` says that the job failed. */
export function toAuthoredPollError(thrown: unknown): unknown {
  if (thrown instanceof Error && thrown.name === 'InputRequired') {
    const why = `${thrown.message}; a job can only ask in its submit`;
    return new UnreadPoll(new OperationError('INTERNAL', why), false);
  }
  const says = thrown instanceof Error && 'code' in thrown && isErrorCode(thrown.code);
  return says ? thrown : toUnread(thrown);
}

/** Refusals that may pass: a token that is being renewed, a job that cannot be seen yet. */
const PASSING: readonly number[] = [401, 403, 404, 407];

/** Whether the upstream refuses to speak of this job, in a way that no later poll changes. */
function isFinal({ details }: OperationError): boolean {
  const status = isJsonObject(details) ? Number(details['status']) : NaN;
  return status >= 400 && status < 500 && !PASSING.includes(status);
}

function toUnread(thrown: unknown): UnreadPoll {
  if (thrown instanceof UnreadPoll) return thrown;
  if (thrown instanceof OperationError) return new UnreadPoll(thrown, !isFinal(thrown));
  const { code, message } = toTaskError(thrown);
  return new UnreadPoll(new OperationError(code, message, { cause: thrown }));
}

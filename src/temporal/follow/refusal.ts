// What the Temporal of a workflow answers instead of doing what it was asked, as an error of the table.
import { OperationError } from '../../contract/errors.ts';
import { NoAnswerError } from '../calls/call-limit.ts';
import { hasStatus, isForbidden, messageOf, toForbiddenReason } from '../calls/failure.ts';

/** Whether it may have been done all the same, or nobody could be asked: time alone mends it. */
export function isAway(failure: unknown): boolean {
  return (
    failure instanceof NoAnswerError ||
    (
      ['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'UNKNOWN', 'CANCELLED', 'ABORTED', 'INTERNAL'] as const
    ).some((status) => hasStatus(failure, status))
  );
}

/** @param request what was asked for, such as `start the workflow order-17` */
export function toRefusal(failure: unknown, request: string, namespace: string): OperationError {
  if (failure instanceof OperationError) return failure;
  const say = (code: OperationError['code'], message: string, retryAfterMs?: number) =>
    new OperationError(code, message, { retryAfterMs, cause: failure });
  const said = messageOf(failure).replace(/\.$/, '');
  if (hasStatus(failure, 'RESOURCE_EXHAUSTED')) {
    return say('RATE_LIMITED', `Temporal is too busy to ${request}`, 2_000);
  }
  if (isForbidden(failure)) {
    return say(
      'UPSTREAM_REJECTED',
      `Temporal does not let Longhaul ${request} in the namespace ${namespace}: ${toForbiddenReason(failure)}`,
    );
  }
  if (hasStatus(failure, 'NOT_FOUND')) {
    return say(
      'UPSTREAM_REJECTED',
      `Temporal cannot ${request} in the namespace ${namespace}: ${said}`,
    );
  }
  if (isAway(failure)) {
    return say('UPSTREAM_UNAVAILABLE', `Temporal was out of reach to ${request}: ${said}`);
  }
  return say('UPSTREAM_REJECTED', `Temporal refused to ${request}: ${said}`);
}

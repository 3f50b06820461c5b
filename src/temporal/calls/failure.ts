// Why a call to Temporal failed, as an error of the table. The one place that knows gRPC's status codes.
import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { OperationError, type ErrorCode } from '../../contract/errors.ts';
import { NoAnswerError } from './call-limit.ts';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const GRPC = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/**
 * Temporal could not answer, or no answer arrived: a connection that breaks in the middle of a call is UNKNOWN, and Temporal
 * itself says UNKNOWN with "please retry".
 */
const AWAY: readonly (number | null)[] = [
  GRPC.CANCELLED,
  GRPC.UNKNOWN,
  GRPC.DEADLINE_EXCEEDED,
  GRPC.ABORTED,
  GRPC.INTERNAL,
  GRPC.UNAVAILABLE,
  GRPC.DATA_LOSS,
];

/** A gRPC status, wherever the SDK put it; `null` when the failure is none. */
function statusOf(failure: unknown): number | null {
  const inner = rootOf(failure);
  return isGrpcServiceError(inner) ? inner.code : null;
}

/** Whether Temporal answered with this status. */
export function hasStatus(failure: unknown, status: keyof typeof GRPC): boolean {
  return statusOf(failure) === GRPC[status];
}

/** Whether Temporal said that there is no such workflow, or none that still runs. A handle says so without the status. */
export function isNotFound(failure: unknown): boolean {
  return hasStatus(failure, 'NOT_FOUND') || failure instanceof WorkflowNotFoundError;
}

/** Whether Temporal knows what it is asked for, and does not do it for who asks. */
export function isForbidden(failure: unknown): boolean {
  return hasStatus(failure, 'PERMISSION_DENIED') || hasStatus(failure, 'UNAUTHENTICATED');
}

/** What it says then, and the way out. */
export function toForbiddenReason(failure: unknown): string {
  const said = messageOf(failure).replace(/\.$/, '');
  return `${said}; its API key or certificate needs the right to write there`;
}

/** Whether Temporal was busy, or did not answer; `null` where it did answer. */
function toTrouble(failure: unknown): 'busy' | 'away' | null {
  const status = statusOf(failure);
  if (status === GRPC.RESOURCE_EXHAUSTED) return 'busy';
  return failure instanceof NoAnswerError || AWAY.includes(status) ? 'away' : null;
}

/** What the SDK says of a payload that it has no codec for. */
const ENCRYPTED = 'Unknown encoding: binary/encrypted';

/** What went wrong when reading or cancelling: nothing is in doubt but the state. */
export function toReadError(failure: unknown): OperationError {
  if (failure instanceof OperationError) return failure;
  const more = { retryAfterMs: 2_000, cause: failure };
  switch (toTrouble(failure)) {
    case 'busy':
      return new OperationError('RATE_LIMITED', 'Temporal is busy', more);
    case 'away':
      return new OperationError(
        'BACKEND_UNAVAILABLE',
        'Temporal is out of reach; what tasks do is not known at the moment, the tasks themselves are safe',
        more,
      );
    case null: {
      const message = isForbidden(failure)
        ? `Temporal does not let Longhaul read or stop tasks in its namespace: ${toForbiddenReason(failure)}`
        : messageOf(failure) === ENCRYPTED
          ? 'the task is encrypted, and there are no keys here: set encryption.keys'
          : `Temporal: ${messageOf(failure)}`;
      return new OperationError('INTERNAL', message, { cause: failure });
    }
  }
}

/** What went wrong when starting: the start may have been taken all the same. */
export function toStartError(failure: unknown, idempotencyKey: string): OperationError {
  const details = { idempotency_key: idempotencyKey };
  const again = `repeat the call with idempotency_key ${JSON.stringify(idempotencyKey)}; it converges on one task`;
  const fail = (code: ErrorCode, message: string, retryAfterMs?: number) =>
    new OperationError(code, message, { retryAfterMs, details, cause: failure });
  if (hasStatus(failure, 'UNAVAILABLE'))
    return fail('BACKEND_UNAVAILABLE', `Temporal is out of reach; ${again}`, 2_000);
  switch (toTrouble(failure)) {
    case 'busy':
      return fail('RATE_LIMITED', `Temporal is busy; ${again}`, 2_000);
    case 'away':
      return fail('SUBMISSION_UNCONFIRMED', `the start was not confirmed; ${again}`, 1_000);
    case null:
      return fail(
        'INTERNAL',
        isForbidden(failure)
          ? `Temporal does not let Longhaul start a task in its namespace: ${toForbiddenReason(failure)}`
          : `Temporal refused the start: ${messageOf(failure)}`,
      );
  }
}

/** What Temporal said, without what the client put around it. */
export function messageOf(failure: unknown): string {
  const inner = rootOf(failure);
  return inner instanceof Error ? inner.message : String(inner);
}

/** The high-level client wraps gRPC errors, the raw services do not. */
function rootOf(failure: unknown): unknown {
  let inner = failure;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

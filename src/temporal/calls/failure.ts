// Why a call to Temporal failed, as an error of the table. The one place that knows gRPC's status codes.
import { isGrpcServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { OperationError } from '../../contract/errors.ts';
import { NoAnswerError } from './call-limit.ts';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const GRPC = {
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  RESOURCE_EXHAUSTED: 8,
  ABORTED: 10,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
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

/** What the SDK says of a payload that it has no codec for. */
const ENCRYPTED = 'Unknown encoding: binary/encrypted';

/** What went wrong when reading or cancelling: nothing is in doubt but the state. */
export function toReadError(failure: unknown): OperationError {
  if (failure instanceof OperationError) return failure;
  const status = statusOf(failure);
  if (status === GRPC.RESOURCE_EXHAUSTED) {
    return new OperationError('RATE_LIMITED', 'Temporal is busy', {
      retryAfterMs: 2_000,
      cause: failure,
    });
  }
  if (failure instanceof NoAnswerError || AWAY.includes(status)) {
    return new OperationError(
      'BACKEND_UNAVAILABLE',
      'Temporal is out of reach; what tasks do is not known at the moment, the tasks themselves are safe',
      { retryAfterMs: 2_000, cause: failure },
    );
  }
  if (messageOf(failure) === ENCRYPTED) {
    const message = 'the task is encrypted, and there are no keys here: set encryption.keys';
    return new OperationError('INTERNAL', message, { cause: failure });
  }
  return new OperationError('INTERNAL', `Temporal: ${messageOf(failure)}`, { cause: failure });
}

/** What went wrong when starting: the start may have been taken all the same. */
export function toStartError(failure: unknown, idempotencyKey: string): OperationError {
  const details = { idempotency_key: idempotencyKey };
  const again = `repeat the call with idempotency_key ${JSON.stringify(idempotencyKey)}; it converges on one task`;
  const status = statusOf(failure);
  if (status === GRPC.RESOURCE_EXHAUSTED) {
    return new OperationError('RATE_LIMITED', `Temporal is busy; ${again}`, {
      retryAfterMs: 2_000,
      details,
      cause: failure,
    });
  }
  if (status === GRPC.UNAVAILABLE) {
    return new OperationError('BACKEND_UNAVAILABLE', `Temporal is out of reach; ${again}`, {
      retryAfterMs: 2_000,
      details,
      cause: failure,
    });
  }
  if (failure instanceof NoAnswerError || AWAY.includes(status)) {
    return new OperationError('SUBMISSION_UNCONFIRMED', `the start was not confirmed; ${again}`, {
      retryAfterMs: 1_000,
      details,
      cause: failure,
    });
  }
  return new OperationError('INTERNAL', `Temporal refused the start: ${messageOf(failure)}`, {
    details,
    cause: failure,
  });
}

function messageOf(failure: unknown): string {
  const inner = rootOf(failure);
  return inner instanceof Error ? inner.message : String(inner);
}

/** The high-level client wraps gRPC errors, the raw services do not. */
function rootOf(failure: unknown): unknown {
  let inner = failure;
  while (inner instanceof Error && inner.cause instanceof Error) inner = inner.cause;
  return inner;
}

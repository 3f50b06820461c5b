import { describe, expect, test } from '@jest/globals';
import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import { OperationError } from '../../../src/contract/errors.ts';
import {
  hasStatus,
  isNotFound,
  toReadError,
  toStartError,
} from '../../../src/temporal/calls/failure.ts';
import { NoAnswerError } from '../../../src/temporal/calls/call-limit.ts';

/** As the native connection throws it. */
function grpc(code: number, message = 'from Temporal'): Error {
  return Object.assign(new Error(message), {
    name: 'ServiceError',
    code,
    details: '',
    metadata: {},
  });
}

/** As the high-level client wraps it. */
const wrapped = (code: number, message?: string) =>
  new ServiceError('Failed to start Workflow', { cause: grpc(code, message) });

const cases = [
  ['as it came', grpc],
  ['wrapped', wrapped],
] as const;

describe.each(cases)('a gRPC status, %s', (_, failure) => {
  test.each([
    ['UNAVAILABLE', 14, 'BACKEND_UNAVAILABLE'],
    ['DEADLINE_EXCEEDED', 4, 'BACKEND_UNAVAILABLE'],
    ['CANCELLED', 1, 'BACKEND_UNAVAILABLE'],
    ['UNKNOWN', 2, 'BACKEND_UNAVAILABLE'],
    ['ABORTED', 10, 'BACKEND_UNAVAILABLE'],
    ['INTERNAL', 13, 'BACKEND_UNAVAILABLE'],
    ['DATA_LOSS', 15, 'BACKEND_UNAVAILABLE'],
    ['RESOURCE_EXHAUSTED', 8, 'RATE_LIMITED'],
    ['PERMISSION_DENIED', 7, 'INTERNAL'],
    ['INVALID_ARGUMENT', 3, 'INTERNAL'],
  ])('%s fails a read', (__, status, code) => {
    expect(toReadError(failure(status))).toMatchObject({ code });
  });

  test.each([
    ['UNAVAILABLE', 14, 'BACKEND_UNAVAILABLE'],
    ['DEADLINE_EXCEEDED', 4, 'SUBMISSION_UNCONFIRMED'],
    ['CANCELLED', 1, 'SUBMISSION_UNCONFIRMED'],
    ['UNKNOWN', 2, 'SUBMISSION_UNCONFIRMED'],
    ['INTERNAL', 13, 'SUBMISSION_UNCONFIRMED'],
    ['RESOURCE_EXHAUSTED', 8, 'RATE_LIMITED'],
  ])('%s leaves a start in doubt, and the advice is the key', (__, status, code) => {
    const error = toStartError(failure(status), 'key-1');
    expect(error).toMatchObject({ code, details: { idempotency_key: 'key-1' } });
    expect(error.message).toContain('idempotency_key "key-1"');
    expect(error.retryAfterMs).toBeGreaterThan(0);
  });

  test('of another kind refuses a start, and says why', () => {
    const error = toStartError(failure(3, 'Namespace is gone'), 'key-1');
    expect(error).toMatchObject({ code: 'INTERNAL', retryAfterMs: undefined });
    expect(error.message).toContain('Namespace is gone');
  });

  test('NOT_FOUND is recognised', () => {
    expect(isNotFound(failure(5))).toBe(true);
    expect(isNotFound(failure(14))).toBe(false);
    expect(isNotFound(new WorkflowNotFoundError('', 'local:gone', undefined))).toBe(true);
    expect(hasStatus(failure(3), 'INVALID_ARGUMENT')).toBe(true);
  });
});

test('no answer in time is no verdict', () => {
  const late = new NoAnswerError('no answer');
  expect(toReadError(late)).toMatchObject({ code: 'BACKEND_UNAVAILABLE' });
  expect(toStartError(late, 'key-1')).toMatchObject({ code: 'SUBMISSION_UNCONFIRMED' });
  expect(isNotFound(late)).toBe(false);
});

test('an error of the table stays what it is', () => {
  const error = new OperationError('TASK_NOT_FOUND', 'gone');
  expect(toReadError(error)).toBe(error);
});

test('whatever else was thrown is internal', () => {
  expect(toReadError(new TypeError('bad'))).toMatchObject({
    code: 'INTERNAL',
    message: 'Temporal: bad',
  });
  expect(toReadError('bad')).toMatchObject({ code: 'INTERNAL' });
});

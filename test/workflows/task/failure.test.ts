import { describe, expect, test } from '@jest/globals';
import {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { createTaskError } from '../../../src/contract/errors.ts';
import {
  isCancelled,
  toAttemptFailure,
  toPollEnd,
  toWorkflowFailure,
} from '../../../workflows/task/failure.ts';

type RetryState = ConstructorParameters<typeof ActivityFailure>[3];

const failed = (cause: Error, retryState: RetryState = 'MAXIMUM_ATTEMPTS_REACHED') =>
  new ActivityFailure('Activity task failed', 'refund', 'attempt-1', retryState, undefined, cause);
const application = (type: string, more: { message?: string; detail?: unknown } = {}) =>
  ApplicationFailure.create({
    type,
    message: more.message ?? 'said so',
    details: more.detail === undefined ? [] : [more.detail],
  });
const timeout = (type: TimeoutFailure['timeoutType']) =>
  new TimeoutFailure('activity timeout', undefined, type);

describe('an attempt', () => {
  test.each([
    ['a code of the table', application('UPSTREAM_REJECTED'), 'reported', 'UPSTREAM_REJECTED'],
    ['a type of no table', application('TypeError'), 'reported', 'INTERNAL'],
    ["a name of every object's", application('toString'), 'reported', 'INTERNAL'],
    ['a lost answer', application('OUTCOME_UNKNOWN'), 'reported', 'OUTCOME_UNKNOWN'],
    ['a worker that shut down', application('ATTEMPT_LOST'), 'lost', 'OUTCOME_UNKNOWN'],
    ['a worker that fell silent', timeout('HEARTBEAT'), 'lost', 'OUTCOME_UNKNOWN'],
    ['a timeout of no kind', timeout(undefined), 'lost', 'OUTCOME_UNKNOWN'],
    [
      'a worker without the operation',
      application('UNKNOWN_TO_WORKER'),
      'not_run',
      'UNKNOWN_OPERATION',
    ],
    ['a worker without the key', application('MissingKeyError'), 'not_run', 'INTERNAL'],
    ['its time', timeout('START_TO_CLOSE'), 'limit', 'ATTEMPT_TIMEOUT'],
    ['the queue', timeout('SCHEDULE_TO_START'), 'limit', 'QUEUE_TIMEOUT'],
    ['the total', timeout('SCHEDULE_TO_CLOSE'), 'limit', 'DEADLINE_EXCEEDED'],
  ])('that ended by %s', (_, thrown, cause, code) => {
    expect(toAttemptFailure(failed(thrown))).toMatchObject({ cause, error: { code } });
  });

  test('keeps the words, the wish to wait and the details of the operation', () => {
    const detail = {
      code: 'RATE_LIMITED',
      retryAfterMs: 2_000,
      details: { status: 429 },
      other: true,
    };
    const { error } = toAttemptFailure(
      failed(application('RATE_LIMITED', { message: 'slow down', detail })),
    );
    expect(error).toEqual({
      code: 'RATE_LIMITED',
      message: 'slow down',
      retryable: true,
      retryAfterMs: 2_000,
      details: { status: 429 },
    });
  });

  test.each([['text'], [7], [null], [[1]], [{ retryAfterMs: 'soon' }]])(
    'is not disturbed by a detail like %j',
    (detail) => {
      const { error } = toAttemptFailure(failed(application('RATE_LIMITED', { detail })));
      expect(error).toEqual({ code: 'RATE_LIMITED', message: 'said so', retryable: true });
    },
  );

  test('whose failure is of no known kind is an internal error', () => {
    expect(toAttemptFailure(new RangeError('out of range')).error).toEqual({
      code: 'INTERNAL',
      message: 'out of range',
      retryable: false,
    });
    expect(toAttemptFailure('nonsense').error.message).toBe('nonsense');
  });

  test('that may last as long as the task ends with the task', () => {
    const thrown = failed(timeout('START_TO_CLOSE'));
    expect(toAttemptFailure(thrown, 1).error.code).toBe('ATTEMPT_TIMEOUT');
    expect(toAttemptFailure(thrown, 0).error.code).toBe('DEADLINE_EXCEEDED');
  });

  test('is cancelled when nothing but a cancel ended it', () => {
    expect(isCancelled(failed(new CancelledFailure('cancelled')))).toBe(true);
    expect(isCancelled(new CancelledFailure('cancelled'))).toBe(true);
    expect(isCancelled(failed(timeout('HEARTBEAT')))).toBe(false);
    expect(isCancelled(failed(application('CANCELLED')))).toBe(false);
  });
});

describe('the looks at a job', () => {
  test.each([
    ['a cancel', failed(new CancelledFailure('cancelled')), 'CANCELLED', true],
    [
      'a total too short for the next poll',
      failed(application('JOB_RUNNING'), 'TIMEOUT'),
      'DEADLINE_EXCEEDED',
      true,
    ],
    [
      'a total that ran out',
      failed(timeout('SCHEDULE_TO_CLOSE'), 'TIMEOUT'),
      'DEADLINE_EXCEEDED',
      true,
    ],
    [
      'a total that ran out after a lost look',
      failed(timeout('HEARTBEAT'), 'TIMEOUT'),
      'DEADLINE_EXCEEDED',
      true,
    ],
    [
      'the job itself',
      failed(application('UPSTREAM_REJECTED'), 'NON_RETRYABLE_FAILURE'),
      'UPSTREAM_REJECTED',
      false,
    ],
    [
      'a result that is too large',
      failed(application('RESULT_TOO_LARGE'), 'NON_RETRYABLE_FAILURE'),
      'RESULT_TOO_LARGE',
      false,
    ],
  ])('ended by %s', (_, failure, code, jobMayRun) => {
    expect(toPollEnd(failure)).toMatchObject({ error: { code }, jobMayRun });
  });

  test('say with which news they ended', () => {
    const end = toPollEnd(
      failed(
        application('UPSTREAM_UNAVAILABLE', { message: 'GET /jobs/7 answered 503' }),
        'TIMEOUT',
      ),
    );
    expect(end.error.message).toMatch(/the last poll said: GET \/jobs\/7 answered 503$/);
  });
});

test('a failed workflow carries its error and the attempt', () => {
  const error = createTaskError('RATE_LIMITED', 'slow down', { retryAfterMs: 5, details: [1] });
  expect(toWorkflowFailure(error, 3)).toMatchObject({
    type: 'RATE_LIMITED',
    message: 'slow down',
    nonRetryable: true,
    details: [
      {
        code: 'RATE_LIMITED',
        message: 'slow down',
        retryable: true,
        retryAfterMs: 5,
        details: [1],
        attempt: 3,
      },
    ],
  });
});

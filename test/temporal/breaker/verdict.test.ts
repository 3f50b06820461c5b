import { expect, test } from '@jest/globals';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { ERRORS, OperationError, type ErrorCode } from '../../../src/contract/errors.ts';
import { ATTEMPT_LOST, UNKNOWN_TO_WORKER } from '../../../src/contract/workflow/task-input.ts';
import { INPUT_REQUIRED } from '../../../src/contract/input.ts';
import { toFailure } from '../../../activities/attempt/failure.ts';
import { toVerdict, type Stopped } from '../../../src/temporal/breaker/verdict.ts';

const running: Stopped = { timedOut: false, allowedMs: 1_000, attemptMs: 1_000 };

const says: Partial<Record<ErrorCode, 'well' | 'sick'>> = {
  UPSTREAM_UNAVAILABLE: 'sick',
  OUTCOME_UNKNOWN: 'sick',
  UPSTREAM_REJECTED: 'well',
  RATE_LIMITED: 'well',
  RESULT_TOO_LARGE: 'well',
};

test.each(Object.keys(ERRORS) as ErrorCode[])('%s has its verdict', (code) => {
  const failure = toFailure(new OperationError(code, 'as the operation says'));
  expect(toVerdict(failure, running)).toBe(says[code] ?? 'nothing');
});

test.each<[string, Error, Partial<Stopped>, string]>([
  ['an attempt that took all its time', lost(), { timedOut: true }, 'sick'],
  ['one whose time the caller cut short', lost(), { timedOut: true, allowedMs: 10 }, 'nothing'],
  ['one whose worker shut down', lost(), {}, 'nothing'],
  ['one that was cancelled', new CancelledFailure('cancelled'), {}, 'nothing'],
  ['one that asks', ApplicationFailure.create({ type: INPUT_REQUIRED }), {}, 'nothing'],
  ['one nobody knows', ApplicationFailure.create({ type: UNKNOWN_TO_WORKER }), {}, 'nothing'],
  ['a success that could not be read', unread(204), {}, 'well'],
  ['a 503 after a request that was taken', unread(503), {}, 'sick'],
  ['a defect', toFailure(new TypeError('undefined is not a function')), {}, 'nothing'],
])('%s', (_, failure, stopped, verdict) => {
  expect(toVerdict(failure, { ...running, ...stopped })).toBe(verdict);
});

function lost(): ApplicationFailure {
  return ApplicationFailure.create({ type: ATTEMPT_LOST });
}

function unread(status: number): ApplicationFailure {
  return toFailure(new OperationError('OUTCOME_UNKNOWN', 'no id', { details: { status } }));
}

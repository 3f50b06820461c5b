import { expect, test } from '@jest/globals';
import { createTaskError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { AttemptFailure } from '../../../src/contract/workflow/attempt-failure.ts';
import { countFailure, NOTHING_BEFORE } from '../../../src/contract/workflow/next-step.ts';

const failed = (cause: AttemptFailure['cause'], code: ErrorCode): AttemptFailure => ({
  cause,
  error: createTaskError(code, 'as it happened'),
});
const lost = failed('lost', 'OUTCOME_UNKNOWN');
const notRun = failed('not_run', 'UNKNOWN_OPERATION');

test.each([
  ['as a failure', failed('reported', 'UPSTREAM_UNAVAILABLE'), { failures: 1, lastRun: 2 }],
  ['as one that nothing took', failed('limit', 'QUEUE_TIMEOUT'), { failures: 1 }],
  [
    'as one in doubt',
    failed('limit', 'ATTEMPT_TIMEOUT'),
    { failures: 1, lastRun: 2, effect: 'unknown' },
  ],
  ['as lost', lost, { losses: 1, lost: 1, lastRun: 2, effect: 'unknown' }],
  ['as a loss of nothing', notRun, { losses: 1 }],
  ['as put off', failed('put_off', 'CIRCUIT_OPEN'), { putOffs: 1 }],
] as const)('a failed attempt is counted %s', (_, failure, counted) => {
  const nothing = { ...NOTHING_BEFORE, lost: 0, putOffs: 0 };
  expect(countFailure(NOTHING_BEFORE, failure, 2)).toEqual({ ...nothing, ...counted });
});

test('a failed attempt is counted on top of those before it', () => {
  const before = countFailure(NOTHING_BEFORE, lost, 1);
  const after = countFailure(before, notRun, 2);
  expect(after).toMatchObject({ losses: 2, lost: 1, lastRun: 1, effect: 'unknown' });
});

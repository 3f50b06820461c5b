import { describe, expect, test } from '@jest/globals';
import { createTaskError, ERRORS, type ErrorCode } from '../../../src/contract/errors.ts';
import type { AttemptFailure } from '../../../src/contract/workflow/attempt-failure.ts';
import {
  decideNextStep,
  toLossReason,
  type Tally,
} from '../../../src/contract/workflow/next-step.ts';
import { limits, retry, STOP } from './limits.ts';

const tally: Tally = { failures: 1, losses: 0 };

const reported = (code: ErrorCode, retryAfterMs?: number): AttemptFailure => ({
  cause: 'reported',
  error: createTaskError(code, 'as the operation says', { retryAfterMs }),
});
const limit = (code: ErrorCode): AttemptFailure => ({
  cause: 'limit',
  error: createTaskError(code, 'time was up'),
});
const lost: AttemptFailure = { cause: 'lost', error: createTaskError('OUTCOME_UNKNOWN', 'lost') };
const notRun: AttemptFailure = {
  cause: 'not_run',
  error: createTaskError('UNKNOWN_OPERATION', 'nobody knows it'),
};

describe('an attempt whose answer was lost', () => {
  test('is retried only where that is allowed', () => {
    const unknown = reported('OUTCOME_UNKNOWN');
    expect(decideNextStep(unknown, tally, limits)).toEqual(STOP);
    const allowed = { ...limits, retriesUnknown: true };
    expect(decideNextStep(unknown, tally, allowed)).toMatchObject({ again: true, kind: 'retry' });
    expect(decideNextStep(unknown, { ...tally, failures: 4 }, allowed)).toEqual(STOP);
  });
});

describe('a failure that the operation reports', () => {
  const codes = Object.keys(ERRORS) as ErrorCode[];
  const never = new Set<ErrorCode>(['QUEUE_TIMEOUT', 'DEADLINE_EXCEEDED']);

  test.each(codes.filter((code) => ERRORS[code].retryable && !never.has(code)))(
    '%s is retried',
    (code) => {
      expect(decideNextStep(reported(code), tally, limits)).toEqual({
        again: true,
        afterMs: 1_000,
        kind: 'retry',
      });
    },
  );

  test.each(codes.filter((code) => !ERRORS[code].retryable || never.has(code)))(
    '%s is final',
    (code) => {
      expect(decideNextStep(reported(code), tally, limits)).toEqual(STOP);
    },
  );

  test.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ])('pauses grow: failure %d is followed after %d ms', (failures, afterMs) => {
    const step = decideNextStep(
      reported('UPSTREAM_UNAVAILABLE'),
      { failures, losses: 0 },
      { ...limits, idempotent: false },
    );
    expect(step).toMatchObject({ afterMs });
  });

  test('pauses stop growing at the longest', () => {
    const step = decideNextStep(
      reported('UPSTREAM_UNAVAILABLE'),
      { failures: 90, losses: 0 },
      { ...limits, retry: { ...retry, attempts: 100 } },
    );
    expect(step).toMatchObject({ afterMs: 30_000 });
  });

  test('pauses are whole milliseconds', () => {
    const step = decideNextStep(
      reported('UPSTREAM_UNAVAILABLE'),
      { failures: 3, losses: 0 },
      { ...limits, retry: { ...retry, backoffCoefficient: 1.1 } },
    );
    expect(step).toMatchObject({ afterMs: 1_210 });
  });

  test('the last retry is the last', () => {
    const step = decideNextStep(
      reported('UPSTREAM_UNAVAILABLE'),
      { failures: 4, losses: 0 },
      limits,
    );
    expect(step).toEqual(STOP);
  });

  test.each([
    [500, 1_000],
    [5_000, 5_000],
    [40_000.2, 40_001],
  ])('a wish to wait %d ms is met: %d ms', (retryAfterMs, afterMs) => {
    const step = decideNextStep(reported('RATE_LIMITED', retryAfterMs), tally, limits);
    expect(step).toMatchObject({ again: true, afterMs });
  });

  test('a pause that would outlast the task is not begun', () => {
    expect(decideNextStep(reported('RATE_LIMITED', 100_000), tally, limits)).toEqual(STOP);
    expect(
      decideNextStep(reported('UPSTREAM_UNAVAILABLE'), tally, { ...limits, leftMs: 1_000 }),
    ).toEqual(STOP);
  });

  test('OUTCOME_UNKNOWN is the word of the operation, not a loss: it is final even where repeating is harmless', () => {
    expect(decideNextStep(reported('OUTCOME_UNKNOWN'), tally, limits)).toEqual(STOP);
  });
});

describe('a limit', () => {
  test('an attempt that took too long is retried by the policy where repeating is harmless', () => {
    expect(decideNextStep(limit('ATTEMPT_TIMEOUT'), tally, limits)).toEqual({
      again: true,
      afterMs: 1_000,
      kind: 'retry',
    });
    expect(
      decideNextStep(limit('ATTEMPT_TIMEOUT'), tally, {
        ...limits,
        retry: { ...retry, attempts: 0 },
      }),
    ).toEqual(STOP);
  });

  test('an attempt that took too long is never repeated where that may do harm', () => {
    expect(
      decideNextStep(limit('ATTEMPT_TIMEOUT'), tally, { ...limits, idempotent: false }),
    ).toEqual(STOP);
  });

  test.each(['QUEUE_TIMEOUT', 'DEADLINE_EXCEEDED'] as const)('%s ends the task', (code) => {
    expect(decideNextStep(limit(code), tally, limits)).toEqual(STOP);
  });
});

describe('an attempt that vanished', () => {
  const noRetries = { ...limits, retry: { ...retry, attempts: 0 } };

  test('runs again at once, without regard to retries', () => {
    expect(decideNextStep(lost, { failures: 0, losses: 1 }, noRetries)).toEqual({
      again: true,
      afterMs: 0,
      kind: 'recovery',
    });
  });

  test.each([
    [2, 2_000],
    [3, 4_000],
    [20, 30_000],
  ])('loss %d is followed after %d ms: no hot loop', (losses, afterMs) => {
    expect(decideNextStep(lost, { failures: 0, losses }, noRetries)).toMatchObject({ afterMs });
  });

  test.each([
    ['two minutes', 120_000],
    ['a day', 86_400_000],
    ['a year', 31_536_000_000],
  ])('a total of %s holds a bounded number of recoveries', (_, totalMs) => {
    let losses = 0;
    for (let leftMs = totalMs; leftMs > 0;) {
      losses += 1;
      const step = decideNextStep(lost, { failures: 0, losses }, { ...noRetries, totalMs, leftMs });
      leftMs = step.again ? leftMs - step.afterMs : 0;
    }
    expect(losses).toBeLessThan(250);
  });

  test('runs again as often as the policy says, and the reason for no more is told', () => {
    const few = { ...noRetries, recoveries: 3 };
    const tallyOf = (times: number) => ({ failures: 0, losses: times, lost: times });
    expect(decideNextStep(lost, tallyOf(3), few)).toMatchObject({ again: true });
    expect(decideNextStep(lost, tallyOf(4), few)).toEqual(STOP);
    expect(toLossReason(lost, tallyOf(4), few)).toBe(
      '; it vanished 4 times, and is run again 3 times at most (policy.recoveryAttempts)',
    );
    const late = { ...few, leftMs: 900 };
    expect(decideNextStep(lost, tallyOf(3), late)).toEqual(STOP);
    expect(toLossReason(lost, tallyOf(3), late)).toMatch(/3 times, and the total time leaves none/);
    expect(toLossReason(lost, tallyOf(1), { ...few, idempotent: false })).toBe('');
  });

  test('runs again while there is time for it, however long the pause has grown', () => {
    const tallied = { failures: 0, losses: 3, lost: 3 };
    const step = { ...noRetries, recoveries: 10, leftMs: 3_500 };
    expect(decideNextStep(lost, tallied, step)).toMatchObject({ again: true, afterMs: 1_750 });
  });

  test('counts no attempt that no worker could run', () => {
    const tallied = { failures: 0, losses: 9, lost: 1 };
    expect(decideNextStep(lost, tallied, { ...noRetries, recoveries: 1 })).toMatchObject({
      again: true,
    });
  });

  test('is never repeated where that may do harm', () => {
    expect(
      decideNextStep(lost, { failures: 0, losses: 1 }, { ...limits, idempotent: false }),
    ).toEqual(STOP);
  });

  test('is not repeated when no time is left', () => {
    expect(decideNextStep(lost, { failures: 0, losses: 1 }, { ...limits, leftMs: 0 })).toEqual(
      STOP,
    );
  });
});

describe('an attempt that no worker could run', () => {
  test('waits for a newer worker, also where repeating would do harm', () => {
    expect(
      decideNextStep(notRun, { failures: 0, losses: 1 }, { ...limits, idempotent: false }),
    ).toEqual({ again: true, afterMs: 1_000, kind: 'recovery' });
  });
});

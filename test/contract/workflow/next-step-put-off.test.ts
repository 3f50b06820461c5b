import { describe, expect, test } from '@jest/globals';
import { createTaskError } from '../../../src/contract/errors.ts';
import type { AttemptFailure } from '../../../src/contract/workflow/attempt-failure.ts';
import {
  decideNextStep,
  toReserve,
  type Limits,
  type Tally,
} from '../../../src/contract/workflow/next-step.ts';
import { limits, retry, STOP } from './limits.ts';

describe('an attempt that was put off', () => {
  const putOff = (retryAfterMs?: number): AttemptFailure => ({
    cause: 'put_off',
    error: createTaskError('CIRCUIT_OPEN', 'switched off', { retryAfterMs }),
  });
  const none: Tally = { failures: 0, losses: 0 };
  const never: Limits = { ...limits, idempotent: false, retry: { ...retry, attempts: 0 } };

  test.each<[string, AttemptFailure, number, Partial<Limits>, number]>([
    ['comes back when it is told', putOff(45_000), 1, {}, 45_000],
    ['comes back after a second when nobody knows', putOff(), 1, {}, 1_000],
    ['comes back less and less often', putOff(), 4, {}, 8_000],
    ['comes back after half a minute at the latest', putOff(), 40, {}, 30_000],
    [
      'is patient in proportion to its total',
      putOff(),
      40,
      { totalMs: 36e6, leftMs: 30e6 },
      180_000,
    ],
    ['does not sleep its last time away', putOff(), 40, { leftMs: 20_000 }, 10_000],
    ['does not hurry at the end', putOff(10), 40, { leftMs: 1_500 }, 1_000],
  ])('%s', (_, failure, putOffs, change, afterMs) => {
    const step = decideNextStep(failure, { ...none, putOffs }, { ...never, ...change });
    expect(step).toMatchObject({ again: true, afterMs });
  });

  test.each<[string, number, number, Partial<Limits>, number]>([
    ['comes back when its turn may come', 45_000, 1, {}, 45_000],
    ['comes back soon however often it came', 1_200, 5, {}, 1_200],
    ['does not end early since its turn would come late', 90_000, 1, { leftMs: 40_000 }, 20_000],
    [
      'comes less often after hundreds of times',
      1_000,
      200,
      { totalMs: 36e6, leftMs: 30e6 },
      51_456,
    ],
  ])('and is told its turn %s', (_, turnMs, putOffs, change, afterMs) => {
    const step = decideNextStep(putOff(), { ...none, putOffs }, { ...never, turnMs, ...change });
    expect(step).toMatchObject({ again: true, afterMs });
  });

  test('gives up when its time is over before', () => {
    expect(decideNextStep(putOff(200_000), { ...none, putOffs: 1 }, never)).toEqual(STOP);
  });

  test.each([
    [7_001, { again: true, afterMs: 2_000, kind: 'next try to begin' }],
    [7_000, STOP],
  ])('with %i ms left, gives up unless the attempt would have its reserve', (leftMs, step) => {
    const reserveMs = toReserve(1_000_000);
    expect(reserveMs).toBe(5_000);
    const told = decideNextStep(putOff(), { ...none, putOffs: 2 }, { ...never, leftMs, reserveMs });
    expect(told).toEqual(step);
  });

  test('reserves a second of a short total', () => {
    expect(toReserve(10_000)).toBe(1_000);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { Usual } from '../../src/contract/task.ts';
import { createDurations } from '../../src/tasks/durations.ts';
import { toPollAfterMs, type Polled } from '../../src/tasks/poll-hint.ts';

const hints = { initialIntervalMs: 1000, maxIntervalMs: 30_000, backoffMultiplier: 2 };

interface Known {
  readonly usual?: Usual | null;
  readonly fraction?: number;
}

const toPolled = ({ usual: known, fraction }: Known): Polled => ({
  createdAt: 0,
  ...(known && { usual: known }),
  state:
    fraction === undefined
      ? { status: 'pending', workerPresent: null }
      : { status: 'processing', attempt: 1, progress: { fraction, message: null } },
});
const after = (ageMs: number, known: Known = {}) => toPollAfterMs(toPolled(known), ageMs, hints);
const usual: Usual = { earlyMs: 9_000, middleMs: 10_000, lateMs: 12_000 };

/** Reads when the hint says so, until a task of this length has ended. */
function follow(durationMs: number, known: (ageMs: number) => Known) {
  let age = 0;
  let reads = 0;
  while (age < durationMs) {
    age += after(age, known(age));
    reads += 1;
  }
  return { lateMs: age - durationMs, reads };
}

describe('without knowledge', () => {
  test.each([
    ['a new task', 0, 1000],
    ['a task of one second', 1000, 2000],
    ['a task of three seconds', 3000, 4000],
    ['an old task', 3_600_000, 30_000],
    ['a task from a clock that runs ahead', -5000, 1000],
  ])('%s is worth another look after its hint', (_, age, expected) => {
    expect(after(age)).toBe(expected);
  });

  test('a caller that follows the hints polls at doubling intervals', () => {
    const waits: number[] = [];
    for (let age = 0; waits.length < 7; age += waits.at(-1)!) waits.push(after(age));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('a multiplier of 1 never grows', () => {
    expect(toPollAfterMs(toPolled({}), 60_000, { ...hints, backoffMultiplier: 1 })).toBe(1000);
  });

  test('progress that has hardly begun says nothing', () => {
    expect(after(3000, { fraction: 0.02 })).toBe(after(3000));
  });
});

test.each([
  ['in two seconds is worth a look just after that', 9_000, 3000],
  ['in an hour is worth a look as late as a hint may say', 3_600_000, 30_000],
  ['and has begun is as young as it has run', 6_000, 2000],
])('a task that begins %s', (_, startsAt, expected) => {
  expect(toPollAfterMs({ ...toPolled({}), startsAt }, 7_000, hints)).toBe(expected);
});

describe('where it is known how long tasks take', () => {
  test('the hint aims just behind the likely end, and steps on from there', () => {
    expect(after(0, { usual })).toBe(10_200);
    expect(after(8_000, { usual })).toBe(2_200);
    expect(after(10_200, { usual })).toBe(1_000);
  });

  test('a task that is long overdue is read less and less often', () => {
    expect(after(30_000, { usual })).toBe(20_000);
    expect(after(600_000, { usual })).toBe(30_000);
  });

  test('no hint is beyond the maximum', () => {
    const hours: Usual = { earlyMs: 3_600_000, middleMs: 3_600_000, lateMs: 7_200_000 };

    expect(after(0, { usual: hours })).toBe(30_000);
    expect(after(3_590_000, { usual: hours })).toBe(30_000);
  });

  test('after twenty runs of ten seconds, the end is seen within a second by one read', () => {
    const durations = createDurations();
    for (let run = 0; run < 20; run += 1) durations.note('report', `${run}`, 10_000 + run * 10);
    const known = { usual: durations.usual('report') };

    const { lateMs, reads } = follow(10_150, () => known);

    expect(lateMs).toBeLessThan(1_000);
    expect(reads).toBeLessThanOrEqual(2);
  });
});

test('the hint of a task that has ended does not follow what is learned later', () => {
  const ended: Polled = {
    ...toPolled({ usual }),
    state: { status: 'completed', result: 1, attempt: 1 },
  };

  expect(toPollAfterMs(ended, 3_000, hints)).toBe(4_000);
});

describe('where a task says how far it is', () => {
  test('the rest follows, whatever is usual', () => {
    expect(after(5_000, { fraction: 0.5, usual })).toBe(5_200);
    expect(after(5_000, { fraction: 1, usual })).toBe(250);
  });

  test('an end that no other task had is seen soon after', () => {
    const { lateMs } = follow(40_000, (age) => ({ usual, fraction: age / 40_000 }));

    expect(lateMs).toBeLessThan(1_000);
  });
});

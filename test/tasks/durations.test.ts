import { describe, expect, test } from '@jest/globals';
import { createDurations, sayUsual } from '../../src/tasks/durations.ts';

const learn = (durations: readonly number[], operation = 'report') => {
  const known = createDurations();
  durations.forEach((ms, index) => {
    known.note(operation, `task-${index}`, ms);
  });
  return known;
};

describe('what is usual', () => {
  test('is not said from two tasks', () => {
    expect(learn([10, 10]).usual('report')).toBeNull();
    expect(learn([10, 10, 10]).usual('report')).not.toBeNull();
    expect(learn([10, 10, 10]).usual('another')).toBeNull();
  });

  test('is the middle, whatever a few have done', () => {
    expect(learn([12, 13, 13, 14, 15, 900, 1]).usual('report')).toEqual({
      earlyMs: 13,
      middleMs: 13,
      lateMs: 15,
    });
  });

  test('follows the last tasks', () => {
    const slower = [
      ...Array.from({ length: 100 }, () => 10),
      ...Array.from({ length: 30 }, () => 20),
    ];

    expect(learn(slower).usual('report')).toMatchObject({ earlyMs: 20, lateMs: 20 });
  });

  test('counts a task once', () => {
    const known = createDurations();
    for (let reads = 0; reads < 5; reads += 1) known.note('report', 'one', 10);

    expect(known.usual('report')).toBeNull();
  });

  test('is forgotten of the operation that was noted first, where there are too many', () => {
    const known = learn([10, 10, 10]);
    for (let other = 0; other < 1_000; other += 1) known.note(`other-${other}`, 'task', 10);

    expect(known.usual('report')).toBeNull();
  });
});

test.each([
  [300, 800, 'usually less than 1 s'],
  [12_100, 14_800, 'usually 12 to 15 s'],
  [9_900, 10_200, 'usually 10 s'],
  [400, 3_000, 'usually 1 to 3 s'],
  [170_000, 310_000, 'usually 3 to 5 min'],
])('%d to %d ms is %s', (earlyMs, lateMs, said) => {
  expect(sayUsual({ earlyMs, middleMs: earlyMs, lateMs })).toBe(said);
});

import { describe, expect, test } from '@jest/globals';
import { toStart } from '../../../workflows/task/clock.ts';

const startTime = new Date(1_000_000);
const after = (ms: number) => new Date(startTime.getTime() + ms);

test('waiting for the first worker is part of the total', () => {
  expect(toStart({ startTime, runStartTime: after(90_000), runTimeoutMs: 125_000 })).toBe(
    startTime.getTime(),
  );
});

test('a task that an operator reset after its end has its whole total again', () => {
  const runStartTime = after(3_600_000);
  expect(toStart({ startTime, runStartTime, runTimeoutMs: 125_000 })).toBe(runStartTime.getTime());
});

describe('a task that starts later', () => {
  const later = 3_600_000;

  test('has its whole total from then', () => {
    const beginning = { startTime, runStartTime: after(later + 50), runTimeoutMs: 125_000 };
    expect(toStart(beginning, later)).toBe(startTime.getTime() + later);
  });

  test('and asks first is taken before it begins', () => {
    const beginning = { startTime, runStartTime: after(50), runTimeoutMs: 125_000 + later };
    expect(toStart(beginning, later, true)).toBe(startTime.getTime() + later);
  });

  test('begins at once when it is reset after its end', () => {
    const runStartTime = after(later + 130_000);
    const beginning = { startTime, runStartTime, runTimeoutMs: 125_000 };
    expect(toStart(beginning, later)).toBe(runStartTime.getTime());
  });
});

test('without a timeout of its own a late start is just late', () => {
  expect(toStart({ startTime, runStartTime: after(3_600_000) })).toBe(startTime.getTime());
});

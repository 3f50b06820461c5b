import { expect, test } from '@jest/globals';
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

test('without a timeout of its own a late start is just late', () => {
  expect(toStart({ startTime, runStartTime: after(3_600_000) })).toBe(startTime.getTime());
});

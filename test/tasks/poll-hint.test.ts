import { expect, test } from '@jest/globals';
import { toPollAfterMs } from '../../src/tasks/poll-hint.ts';

const hints = { initialIntervalMs: 1000, maxIntervalMs: 30_000, backoffMultiplier: 2 };

test.each([
  ['a new task', 0, 1000],
  ['a task of one second', 1000, 2000],
  ['a task of three seconds', 3000, 4000],
  ['an old task', 3_600_000, 30_000],
  ['a task from a clock that runs ahead', -5000, 1000],
])('%s is worth another look after its hint', (_, age, expected) => {
  expect(toPollAfterMs(age, hints)).toBe(expected);
});

test('a caller that follows the hints polls at doubling intervals', () => {
  const waits: number[] = [];
  for (let age = 0; waits.length < 7; age += waits.at(-1)!) waits.push(toPollAfterMs(age, hints));
  expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test('a multiplier of 1 never grows', () => {
  expect(toPollAfterMs(60_000, { ...hints, backoffMultiplier: 1 })).toBe(1000);
});

import { expect, test } from '@jest/globals';
import { createWaitPlaces } from '../../src/limits/wait-places.ts';

test('as many wait as there are places, and one more when one has left', () => {
  const places = createWaitPlaces(() => 0);
  const leave = places.enter('a', 1_000);
  places.enter('a', 2_000);
  expect(places.delay('a', 3)).toBe(0);
  expect(places.delay('a', 2)).toBeGreaterThan(0);
  leave();
  leave();
  expect(places.delay('a', 2)).toBe(0);
  expect(places.delay('a', 1)).toBeGreaterThan(0);
});

test('the time that is named is that of the wait which ends first, at the latest', () => {
  const places = createWaitPlaces(() => 500);
  places.enter('a', 3_000);
  places.enter('a', 1_000);
  places.enter('a', 2_000);
  expect(places.delay('a', 3)).toBe(500);
  expect(places.delay('a', 2)).toBe(1_500);
  expect(places.delay('a', 1)).toBe(2_500);
  expect(places.delay('b', 1)).toBe(0);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createTokenBuckets } from '../../src/limits/token-buckets.ts';
import { drawSeed } from '../support/runner/seed.ts';

const rates = fc.record({
  perSecond: fc.double({ min: 0.01, max: 5_000, noNaN: true }),
  burst: fc.integer({ min: 1, max: 50 }),
});
const pauses = fc.array(fc.double({ min: 0, max: 3_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

/** Milliseconds by hand. */
function createClock() {
  let now = 1e9;
  return {
    read: () => now,
    pass: (ms: number) => {
      now += ms;
    },
  };
}

test('in no span of time is more taken than the burst and what the span refills', () => {
  fc.assert(
    fc.property(rates, pauses, (rate, steps) => {
      const clock = createClock();
      const buckets = createTokenBuckets(clock.read);
      const taken: number[] = [];
      for (const step of steps) {
        clock.pass(step);
        if (buckets.delay('a', rate) > 0) continue;
        buckets.take('a', rate);
        taken.push(clock.read());
      }
      for (const [first, from] of taken.entries()) {
        for (const [last, to] of taken.entries()) {
          if (last < first) continue;
          const refilled = ((to - from) * rate.perSecond) / 1000;
          expect(last - first + 1).toBeLessThanOrEqual(rate.burst + refilled + 1e-3);
        }
      }
    }),
    { seed: drawSeed() },
  );
});

test('who comes after the time that was named is served, and not much before it', () => {
  fc.assert(
    fc.property(rates, pauses, (rate, steps) => {
      const clock = createClock();
      const buckets = createTokenBuckets(clock.read);
      for (const step of steps) {
        clock.pass(step);
        const delay = buckets.delay('a', rate);
        const early = Math.max(0, delay - 2);
        clock.pass(early);
        expect(buckets.delay('a', rate) > 0).toBe(delay > 0);
        clock.pass(delay - early);
        expect(buckets.delay('a', rate)).toBe(0);
        buckets.take('a', rate);
      }
    }),
    { seed: drawSeed() },
  );
});

test('a burst is there at first, and again after a pause', () => {
  const clock = createClock();
  const buckets = createTokenBuckets(clock.read);
  const rate = { perSecond: 2, burst: 3 };
  const takeAll = () => {
    let taken = 0;
    for (; buckets.delay('a', rate) === 0; taken += 1) buckets.take('a', rate);
    return taken;
  };
  expect(takeAll()).toBe(3);
  expect(buckets.delay('a', rate)).toBe(500);
  clock.pass(60_000);
  expect(takeAll()).toBe(3);
});

test('every key has a bucket of its own', () => {
  const buckets = createTokenBuckets(() => 0);
  const rate = { perSecond: 1, burst: 1 };
  buckets.take('a', rate);
  expect(buckets.delay('a', rate)).toBe(1000);
  expect(buckets.delay('b', rate)).toBe(0);
});

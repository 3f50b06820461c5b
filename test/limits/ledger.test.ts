// The ledger against a fleet in which every task is known: whatever is started and ended where, and whenever it is counted.
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createLedger, toCut, type Cut } from '../../src/limits/ledger.ts';
import { drawSeed } from '../support/runner/seed.ts';

interface FleetTask {
  readonly id: string;
  readonly startedAt: number;
  endedAt: number | null;
}

/** What visibility answers, when it knows everything that is older than its lag. */
function count(tasks: readonly FleetTask[], cut: Cut, now: number, lagMs: number): number {
  const known = now - lagMs;
  return tasks.filter(
    ({ startedAt, endedAt }) =>
      startedAt < cut.startedBefore &&
      startedAt <= known &&
      (endedAt === null || endedAt > known || endedAt >= cut.endedFrom),
  ).length;
}

const openOf = (tasks: readonly FleetTask[]) =>
  tasks.filter(({ endedAt }) => endedAt === null).length;

const steps = fc.array(
  fc.record({
    passMs: fc.integer({ min: 1, max: 900 }),
    act: fc.constantFrom('start', 'start', 'end', 'settle'),
    pick: fc.nat(),
  }),
  { maxLength: 120 },
);

describe('with one gateway', () => {
  test('the number is exact at every moment, for any lag below half a second', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 0, max: 499 }), (walk, lagMs) => {
        let now = 1e9;
        const tasks: FleetTask[] = [];
        const ledger = createLedger(now);
        for (const { passMs, act, pick } of walk) {
          now += passMs;
          const open = tasks.filter(({ endedAt }) => endedAt === null);
          const picked = open[pick % Math.max(1, open.length)];
          if (act === 'start') {
            const id = `task-${tasks.length}`;
            tasks.push({ id, startedAt: now, endedAt: null });
            ledger.add(id, now);
          } else if (act === 'settle') {
            const cut = toCut(now);
            ledger.settle(count(tasks, cut, now, lagMs), cut);
          } else if (picked) {
            picked.endedAt = now;
            ledger.end(picked.id, picked.startedAt, now);
          }
          expect(ledger.open).toBe(openOf(tasks));
        }
      }),
      { seed: drawSeed(), numRuns: 300 },
    );
  });
});

describe('with others', () => {
  test('what they start and end is known with a count that is made after the lag', () => {
    let now = 1e9;
    const ledger = createLedger(now);
    const theirs: FleetTask[] = [
      { id: 'theirs', startedAt: now, endedAt: null },
      { id: 'gone', startedAt: now, endedAt: now + 100 },
    ];
    ledger.add('ours', now);
    now += 3_000;
    const all = [...theirs, { id: 'ours', startedAt: 1e9, endedAt: null }];
    const cut = toCut(now);
    ledger.settle(count(all, cut, now, 400), cut);
    expect(ledger.open).toBe(2);
    ledger.end('theirs', 1e9, now);
    expect(ledger.open).toBe(1);
  });

  test('an end of a task that they have just started is not taken for one of ours', () => {
    const ledger = createLedger(1e9);
    ledger.add('ours', 1e9 + 10);
    ledger.end('theirs', 1e9 + 10, 1e9 + 20);
    expect(ledger.open).toBe(1);
  });
});

test('a task that did not come to be is struck out, and one that is put down twice counts once', () => {
  const ledger = createLedger(0);
  expect(ledger.add('a', 1)).toBe(true);
  expect(ledger.add('a', 2)).toBe(false);
  expect(ledger.open).toBe(1);
  ledger.strike('a');
  expect(ledger.open).toBe(0);
});

test('where nobody can count, the number stays and the memory is bounded', () => {
  const ledger = createLedger(0);
  for (let index = 0; index < 5_000; index += 1) ledger.add(`task-${index}`, index);
  expect(ledger.open).toBe(5_000);
  for (let index = 4_000; index < 5_000; index += 1) ledger.end(`task-${index}`, index, index + 1);
  expect(ledger.open).toBe(4_000);
});

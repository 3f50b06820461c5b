// Half a minute of what `npm run test:soak` does for half an hour.
import { expect, test } from '@jest/globals';
import { drawSeed } from '../../support/runner/seed.ts';
import { toSoakClaims } from './soak-claims.ts';
import { drawErrands, drawFaults, FAULTS } from './faults.ts';
import { runSoak } from './soak.ts';

const seed = drawSeed();

test(`no fault loses a task or runs twice what must not (TEST_SEED=${seed})`, async () => {
  const report = await runSoak({ seed, seconds: 30, agents: 10, sampleSeconds: 2 });
  expect(report.runs.length).toBeGreaterThan(0);
  expect(report.suffered.length).toBeGreaterThan(0);
  expect(report.samples.every(({ gateway }) => gateway.residentMiB > 0)).toBe(true);
  expect(toSoakClaims(report).filter(({ against }) => against.length > 0)).toEqual([]);
}, 600_000);

const take = <Value>(drawn: Generator<Value, never>, count: number): Value[] =>
  Array.from({ length: count }, () => drawn.next().value);

test('a seed draws the same faults and errands each time, every fault once before any comes again', () => {
  const faults = take(drawFaults(seed), FAULTS.length);
  expect(take(drawFaults(seed), FAULTS.length)).toEqual(faults);
  expect(faults.map(({ kind }) => kind).toSorted()).toEqual(FAULTS.toSorted());
  expect(take(drawErrands(seed), 50)).toEqual(take(drawErrands(seed), 50));
});

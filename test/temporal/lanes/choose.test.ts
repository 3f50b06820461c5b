import { expect, test } from '@jest/globals';
import type { Lane, Lanes } from '../../../src/temporal/lanes/lane.ts';
import { chooseLane } from '../../../src/temporal/lanes/choose.ts';
import type { Plan } from '../../../src/temporal/lanes/plan.ts';

const both = { workflow: { name: 'workflow' }, activity: { name: 'activity' } } as Lanes & {
  readonly activity: Lane;
};
const plain = { asked: null, batch: null, callbacks: [], delayMs: 0, startAfterMs: 0 };
const choose = (lanes: Lanes, lane: 'workflow' | 'activity' | 'auto', more: object = {}) =>
  chooseLane(lanes, { lane }, { ...plain, ...more } as unknown as Plan).name;

test.each([
  ['workflow', 'workflow', 'workflow'],
  ['activity', 'activity', 'workflow'],
  ['auto', 'activity', 'workflow'],
] as const)('lane %s is %s, and %s where the server has no activities', (lane, here, without) => {
  expect(choose(both, lane)).toBe(here);
  expect(choose({ ...both, activity: null }, lane)).toBe(without);
});

test.each([
  ['is asked something first', { asked: { requests: {}, responses: {} } }],
  ['is a batch', { batch: { items: [] } }],
  ['reports its end', { callbacks: ['https://example.com/end'] }],
  ['waits before its first attempt', { delayMs: 1 }],
])('a task that %s is a workflow whatever its operation says', (_, more) => {
  expect(choose(both, 'activity', more)).toBe('workflow');
  expect(choose(both, 'auto', more)).toBe('workflow');
});

test('a task that begins later is no reason', () => {
  expect(choose(both, 'activity', { startAfterMs: 60_000 })).toBe('activity');
});

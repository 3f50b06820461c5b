import { describe, expect, test } from '@jest/globals';
import type { LaneOption } from '../../src/operations/lane.ts';
import { resolveLane } from '../../src/operations/resolve-lane.ts';
import type { Operation } from '../../src/operations/operation.ts';

const operation = (more: object = {}, lane?: LaneOption) =>
  ({ name: 'refund', steps: { kind: 'run' }, lane, ...more }) as unknown as Operation;

const LANES = ['workflow', 'activity', 'auto'] as const;

test.each(LANES)('an operation without a word of its own is in lane %s where all are', (lane) => {
  expect(resolveLane(operation(), lane)).toBe(lane);
  for (const own of LANES) expect(resolveLane(operation({}, own), lane)).toBe(own);
});

describe.each([
  ['a job', { steps: { kind: 'job' } }, 'it starts a job and polls it'],
  ['a workflow of others', { steps: { kind: 'workflow' } }, 'it follows a workflow'],
  [
    'an activity of others',
    { steps: { kind: 'activity' } },
    'its attempts are activities of another application',
  ],
  ['a batch', { steps: { kind: 'batch' } }, 'it runs a task for each item'],
  ['one that asks first', { needs: ['questions'] }, 'it asks before its first attempt'],
  ['one that waits first', { needs: ['delay'] }, 'it waits before its first attempt'],
  [
    'a tool whose server makes tasks',
    { steps: { kind: 'call' }, needs: ['tasks'] },
    'its server may make a task of a call',
  ],
  [
    'one with callbacks',
    { callbacks: [{ url: 'https://example.com/end' }] },
    'it reports the end of its tasks (callbacks)',
  ],
])('%s', (_, more, obstacle) => {
  test('is refused where it says activity itself, with the reason', () => {
    expect(() => resolveLane(operation(more, 'activity'), 'workflow')).toThrow(
      `operation refund: lane: ${obstacle}, which the activity lane cannot`,
    );
  });

  test.each(LANES)('is a workflow where %s is the default', (lane) => {
    expect(resolveLane(operation(more), lane)).toBe('workflow');
    expect(resolveLane(operation(more, 'auto'), lane)).toBe('workflow');
  });
});

test('a call of a tool whose server makes no tasks is no obstacle', () => {
  expect(resolveLane(operation({ steps: { kind: 'call' } }, 'activity'), 'workflow')).toBe(
    'activity',
  );
});

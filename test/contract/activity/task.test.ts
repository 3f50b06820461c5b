import { expect, test } from '@jest/globals';
import {
  NO_TALLY,
  parseEndedAt,
  parseHeartbeat,
  toEndedAt,
  toHeartbeat,
} from '../../../src/contract/activity/task.ts';
import { NOTHING_BEFORE } from '../../../src/contract/workflow/next-step.ts';

const tally = {
  attempts: 3,
  soFar: { ...NOTHING_BEFORE, attempt: 2, failures: 1, losses: 1, lost: 1, lastRun: 2 },
};

test.each([
  ['nothing to say', null],
  ['progress', { fraction: 0.25, message: 'a quarter' }],
])('a heartbeat with %s comes back as it was', (_, progress) => {
  const sent: unknown = JSON.parse(JSON.stringify(toHeartbeat(progress, tally)));
  expect(parseHeartbeat(sent)).toEqual({ progress, tally });
});

test.each([undefined, null, 7, 'x', [], [tally], {}, { fraction: 'half', tally: null }])(
  'what is no heartbeat of a task says nothing of its attempts: %j',
  (details) => {
    expect(parseHeartbeat(details).tally).toBe(NO_TALLY);
  },
);

// An attempt too many in the tally would be taken for one that may run again.
test.each<[string, object]>([
  ['no attempts', { ...tally, attempts: undefined }],
  ['attempts below nothing', { ...tally, attempts: -1 }],
  ['half an attempt', { ...tally, attempts: 0.5 }],
  ['attempts as text', { ...tally, attempts: '3' }],
  ['attempts without an end', { ...tally, attempts: Infinity }],
  ['no word of them', { attempts: 3 }],
  ['a list of them', { attempts: 3, soFar: [2] }],
  ['failures that do not count', { ...tally, soFar: { ...tally.soFar, failures: null } }],
  ['failures that are absent', { attempts: 3, soFar: { attempt: 2 } }],
  ['losses below nothing', { ...tally, soFar: { ...tally.soFar, losses: -1 } }],
  ['vanished ones that are no number', { ...tally, soFar: { ...tally.soFar, lost: 'x' } }],
  ['a last run that is no number', { ...tally, soFar: { ...tally.soFar, lastRun: {} } }],
])('a tally with %s counts as none', (_, hostile) => {
  expect(parseHeartbeat({ message: 'on it', tally: hostile })).toEqual({
    progress: { fraction: null, message: 'on it' },
    tally: NO_TALLY,
  });
});

// A cancel reaches an attempt within a second: a longer one may have been asked to stop without knowing.
test.each([
  ['a short attempt says when it ended', 999, 1_795_000_000_999],
  ['a longer one does not', 1_000, null],
  ['nor does a worker whose clock is behind', -1, null],
])('%s', (_, tookMs, endedAt) => {
  const scheduledAt = 1_795_000_000_000;
  const output = { result: null, attempt: 1, ...toEndedAt(scheduledAt, scheduledAt + tookMs) };
  expect(parseEndedAt(output)).toBe(endedAt);
});

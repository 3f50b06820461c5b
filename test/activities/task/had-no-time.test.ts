import { expect, test } from '@jest/globals';
import type { Info } from '@temporalio/activity';
import { hadNoTimeToVanish } from '../../../activities/task/had-no-time.ts';

const retryPolicy = { initialInterval: 100, backoffCoefficient: 4, maximumInterval: 1_000 };
const TIMEOUTS = { heartbeatTimeoutMs: 10_000, startToCloseTimeoutMs: 60_000 };
const info = (more: Partial<Info> = {}) =>
  ({ scheduledTimestampMs: 50_000, ...TIMEOUTS, retryPolicy, ...more }) as Info;

test.each<[string, Info, number, number, number, boolean]>([
  ['one that failed at once', info(), 1, 0, 50_100, true],
  ['one that took as long as its heartbeat timeout', info(), 1, 0, 60_000, false],
  ['one of little time', info({ startToCloseTimeoutMs: 5_000 }), 1, 0, 55_000, false],
  ['four with the pauses between them', info(), 4, 0, 61_400, true],
  ['four with more time than that', info(), 4, 0, 61_500, false],
  ['a later start', info(), 1, 60_000, 110_100, true],
  ['a task without heartbeats', info({ heartbeatTimeoutMs: undefined! }), 1, 0, 50_100, false],
  ['pauses that are not known', info({ retryPolicy: undefined! }), 2, 0, 50_100, false],
  ['an end that is not known', info(), 1, 0, Infinity, false],
])('%s', (_, of, count, startAfterMs, endedAt, had) => {
  expect(hadNoTimeToVanish(of, count, startAfterMs, endedAt)).toBe(had);
});

import { expect, test } from '@jest/globals';
import proto, { type temporal } from '@temporalio/proto';
import { mayHaveRun } from '../../../../src/temporal/lanes/workflow/may-have-run.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const { TimeoutType } = proto.temporal.api.enums.v1;
const scheduled = (eventId: number) =>
  ({ eventId, activityTaskScheduledEventAttributes: {} }) as unknown as HistoryEvent;
const timedOut = (scheduledEventId: number, timeoutType: temporal.api.enums.v1.TimeoutType) =>
  ({
    activityTaskTimedOutEventAttributes: {
      scheduledEventId,
      failure: { timeoutFailureInfo: { timeoutType } },
    },
  }) as unknown as HistoryEvent;

test.each<[string, readonly HistoryEvent[], boolean]>([
  ['no worker saw it', [], false],
  ['its attempt has no end: the start may be unwritten', [scheduled(5)], true],
  [
    'nobody took its attempt',
    [scheduled(5), timedOut(5, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)],
    false,
  ],
  ['its attempt vanished', [scheduled(5), timedOut(5, TimeoutType.TIMEOUT_TYPE_HEARTBEAT)], true],
  [
    'nobody took its second attempt',
    [scheduled(5), scheduled(11), timedOut(11, TimeoutType.TIMEOUT_TYPE_SCHEDULE_TO_START)],
    true,
  ],
])('a workflow that timed out when %s', (_, events, expected) => {
  expect(mayHaveRun(events)).toBe(expected);
});

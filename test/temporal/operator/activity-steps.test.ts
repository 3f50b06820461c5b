import { expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { toHeartbeat } from '../../../src/contract/activity/task.ts';
import { NOTHING_BEFORE } from '../../../src/contract/workflow/next-step.ts';
import {
  toActivitySteps,
  type DescribedActivity,
} from '../../../src/temporal/operator/activity-steps.ts';

const { PendingActivityState } = proto.temporal.api.enums.v1;
const SCHEDULED = PendingActivityState.PENDING_ACTIVITY_STATE_SCHEDULED;
const STARTED = PendingActivityState.PENDING_ACTIVITY_STATE_STARTED;
const PAUSED = PendingActivityState.PENDING_ACTIVITY_STATE_PAUSED;
const CANCELLING = PendingActivityState.PENDING_ACTIVITY_STATE_CANCEL_REQUESTED;

const NOW = 60_000;
type Info = temporal.api.activity.v1.IActivityExecutionInfo;
const at = (seconds: number): NonNullable<Info['scheduleTime']> =>
  ({ seconds, nanos: 0 }) as unknown as NonNullable<Info['scheduleTime']>;
const begun = { scheduleTime: at(10), lastWorkerIdentity: 'worker-1' };
const failure = ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'down' });
/** What the attempts before the latest have left. */
const after = (attempts: number, more: object) =>
  toHeartbeat(null, { attempts, soFar: { ...NOTHING_BEFORE, attempt: attempts, ...more } });

test.each<[string, Info, Partial<DescribedActivity>, string[]]>([
  [
    'that waits for a worker',
    { ...begun, attempt: 1, runState: SCHEDULED },
    {},
    ['10 accepted', '60 attempt 1 waits for a worker, for 50.0 s'],
  ],
  [
    'that runs',
    {
      ...{ ...begun, attempt: 1, runState: STARTED },
      ...{ lastStartedTime: at(20), lastHeartbeatTime: at(57) },
    },
    {},
    [
      '10 accepted',
      '20 attempt 1 runs on worker-1',
      '60 attempt 1 runs; last sign of life 3.0 s ago',
    ],
  ],
  [
    'that is paused',
    { ...begun, attempt: 1, runState: PAUSED },
    {},
    ['10 accepted', '60 attempt 1 is paused in Temporal'],
  ],
  [
    'whose next attempt is due',
    {
      ...{ ...begun, attempt: 2, runState: SCHEDULED, lastStartedTime: at(20) },
      ...{ lastAttemptCompleteTime: at(30), nextAttemptScheduleTime: at(90) },
    },
    { failure, heartbeat: after(1, { failures: 1 }) },
    [
      '10 accepted',
      '20 attempt 1 runs on worker-1',
      '30 attempt 1 failed: UPSTREAM_UNAVAILABLE, down',
      '60 attempt 2 is due in 30.0 s',
    ],
  ],
  [
    'whose third attempt runs, and is to stop',
    {
      ...{ ...begun, attempt: 3, runState: CANCELLING, canceledReason: 'not needed' },
      ...{ lastStartedTime: at(40), lastAttemptCompleteTime: at(30) },
    },
    { failure, heartbeat: after(2, { failures: 1, losses: 1 }) },
    [
      '10 accepted',
      '30 attempt 2 failed: UPSTREAM_UNAVAILABLE, down',
      '40 of the attempts before, 1 failed, 1 vanished or were not run',
      '40 attempt 3 runs on worker-1',
      '60 a cancel was requested: not needed',
      '60 attempt 3 runs; last sign of life 20.0 s ago',
    ],
  ],
  [
    'that failed for good',
    {
      ...{ ...begun, attempt: 1, lastStartedTime: at(20) },
      ...{ lastAttemptCompleteTime: at(30), closeTime: at(30) },
    },
    { failure, endedBy: 'failure' },
    [
      '10 accepted',
      '20 attempt 1 runs on worker-1',
      '30 attempt 1 failed: UPSTREAM_UNAVAILABLE, down',
    ],
  ],
  [
    'that completed after a failure',
    {
      ...{ ...begun, attempt: 2, lastStartedTime: at(40) },
      ...{ lastAttemptCompleteTime: at(50), closeTime: at(50) },
    },
    { failure, heartbeat: after(1, { failures: 1 }), endedBy: 'result' },
    [
      '10 accepted',
      '40 attempt 1 failed: UPSTREAM_UNAVAILABLE, down',
      '40 attempt 2 runs on worker-1',
      '50 attempt 2 brought a result',
    ],
  ],
  [
    'that no worker ever took',
    { ...begun, attempt: 1, closeTime: at(50) },
    { endedBy: 'server' },
    ['10 accepted'],
  ],
])('the story of an activity %s', (_, info, more, told) => {
  const described = { info, failure: undefined, heartbeat: null, endedBy: null, ...more };
  const steps = toActivitySteps(described, NOW);
  expect(steps.map(({ at: instant, text }) => `${instant / 1000} ${text}`)).toEqual(told);
});

import { expect, test } from '@jest/globals';
import { toHeartbeat } from '../../../../src/contract/activity/task.ts';
import { NOTHING_BEFORE } from '../../../../src/contract/workflow/next-step.ts';
import { ATTEMPT_PUT_OFF } from '../../../../src/contract/workflow/task-input.ts';
import {
  toActivityState,
  toLastRun,
  type RunningActivity,
} from '../../../../src/temporal/lanes/activity/state.ts';
import { PAUSED, QUEUED, WAITS } from '../../../../src/temporal/lanes/waiting.ts';

const progress = { fraction: 0.5, message: 'half' };
/** `attempts` of Temporal's have ended, of which `counted` reached the operation. */
const after = (attempts: number, counted = attempts) =>
  toHeartbeat(progress, { attempts, soFar: { ...NOTHING_BEFORE, attempt: counted } });
const putOff = (code: string) => ({ type: ATTEMPT_PUT_OFF, detail: { code } });

const waits = { started: false, paused: false, heartbeat: null, failure: null };
const runs = { ...waits, started: true };
const reported = { type: 'UPSTREAM_UNAVAILABLE', detail: {} };

const pending = { status: 'pending', workerPresent: null };
const processing = (attempt: number, said: object | null = null) => ({
  status: 'processing',
  attempt,
  progress: said,
});

test.each<[string, RunningActivity, object]>([
  ['that no worker took is pending', { ...waits, attempt: 1 }, pending],
  ['runs its first attempt', { ...runs, attempt: 1 }, processing(1)],
  ['has progress', { ...runs, attempt: 1, heartbeat: progress }, processing(1, progress)],
  [
    'waits after a failure that was reported',
    { ...waits, attempt: 2, heartbeat: after(1), failure: reported },
    processing(1, progress),
  ],
  [
    'runs again after it',
    { ...runs, attempt: 2, heartbeat: after(1), failure: reported },
    processing(2, progress),
  ],
  ['was paused before any attempt', { ...waits, paused: true, attempt: 1 }, pending],
  [
    'was paused after an attempt',
    { ...waits, paused: true, attempt: 2, heartbeat: after(1), failure: reported },
    processing(1, PAUSED),
  ],
  ['waits after an attempt that vanished', { ...waits, attempt: 2 }, processing(1)],
  ['runs again after two of them', { ...runs, attempt: 3 }, processing(3)],
  [
    'runs after a failure and an attempt that vanished',
    { ...runs, attempt: 3, heartbeat: after(1), failure: reported },
    processing(3, progress),
  ],
  [
    'was sent back by the share of its principal, before any attempt',
    { ...waits, attempt: 3, heartbeat: after(2, 0), failure: putOff('RATE_LIMITED') },
    pending,
  ],
  [
    'runs after that, and it is the first attempt',
    { ...runs, attempt: 3, heartbeat: after(2, 0), failure: putOff('RATE_LIMITED') },
    processing(1, progress),
  ],
  [
    'was sent back by the share of its principal, after an attempt',
    { ...waits, attempt: 3, heartbeat: after(2, 1), failure: putOff('RATE_LIMITED') },
    processing(1, QUEUED),
  ],
  [
    'waits for an operation that is switched off',
    { ...waits, attempt: 2, heartbeat: after(1), failure: putOff('CIRCUIT_OPEN') },
    processing(1, WAITS),
  ],
  [
    'waits for one, as a worker of another age says it',
    { ...waits, attempt: 2, heartbeat: after(1), failure: { type: ATTEMPT_PUT_OFF, detail: null } },
    processing(1, WAITS),
  ],
  [
    'has a heartbeat that covers more attempts than there were',
    { ...runs, attempt: 1, heartbeat: after(5, 1) },
    processing(2, progress),
  ],
  ['has a heartbeat of no form', { ...runs, attempt: 2, heartbeat: [1] }, processing(2)],
])('a task that %s', (_, activity, state) => {
  expect(toActivityState(activity)).toEqual(state);
});

test.each<[string, RunningActivity, number | null]>([
  ['that no worker took has none', { ...waits, attempt: 1 }, null],
  ['that runs has that one', { ...runs, attempt: 1 }, 1],
  ['whose first vanished has that one', { ...waits, attempt: 2 }, 1],
  ['that was only sent back has none', { ...waits, attempt: 3, heartbeat: after(2, 0) }, null],
  ['that was sent back and runs has one', { ...runs, attempt: 3, heartbeat: after(2, 0) }, 1],
])('as its last attempt, a task %s', (_, activity, attempt) => {
  expect(toLastRun(activity)).toBe(attempt);
});

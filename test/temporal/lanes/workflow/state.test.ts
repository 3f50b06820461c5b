import { describe, expect, test } from '@jest/globals';
import type { TaskState } from '../../../../src/contract/task.ts';
import type {
  Execution,
  PendingActivity,
} from '../../../../src/temporal/lanes/workflow/execution.ts';
import { toRunningState } from '../../../../src/temporal/lanes/workflow/state.ts';
import { PAUSED } from '../../../../src/temporal/lanes/waiting.ts';
import { ACTIVITY, EXECUTION } from '../../execution.ts';

const running = (id: string, more: Partial<PendingActivity> = {}): Partial<Execution> => ({
  activity: { ...ACTIVITY, id, ...more },
  historyLength: 5,
});

const processing = (more: Partial<TaskState> = {}) => ({
  status: 'processing',
  attempt: 1,
  progress: null,
  ...more,
});

const TASK = { operation: 'a', key: 'k', fingerprint: 'f', createdAt: Date.now(), totalMs: 1 };
const pending = { status: 'pending', workerPresent: null };
const look = { progress: { fraction: 0.25, message: 'in the batch' } };

describe('a running workflow', () => {
  test.each<[string, Partial<Execution>, object]>([
    ['that no worker has seen', {}, pending],
    ['whose first workflow task runs', { historyLength: 3 }, pending],
    ['whose first attempt waits for a worker', running('attempt-1', { started: false }), pending],
    [
      'whose first attempt was paused before it began',
      running('attempt-1', { started: false, paused: true }),
      pending,
    ],
    [
      'whose first attempt was paused',
      running('attempt-1', { paused: true }),
      processing({ progress: PAUSED }),
    ],
    ['whose first attempt runs', running('attempt-1'), processing()],
    [
      'whose second attempt waits for a worker',
      running('attempt-2', { started: false }),
      processing({ attempt: 2 }),
    ],
    ['whose twelfth attempt runs', running('attempt-12'), processing({ attempt: 12 })],
    [
      'that pauses between attempts',
      { historyLength: 12, memo: { waiting: { attempt: 3, code: 'UPSTREAM_UNAVAILABLE' } } },
      processing({ attempt: 3 }),
    ],
    [
      'that waits before its first attempt',
      { historyLength: 6, memo: { delay: { from: 0, until: 4_000 } } },
      processing({ progress: { fraction: 1, message: 'waited 4 of 4 s' } }),
    ],
    [
      'that has waited, and whose first attempt waits for a worker',
      { ...running('attempt-1', { started: false }), memo: { delay: { from: 0, until: 4_000 } } },
      processing(),
    ],
    [
      'whose first attempt waits until fewer of the same caller run',
      { historyLength: 12, memo: { waiting: { attempt: 1, code: 'RATE_LIMITED', queued: true } } },
      pending,
    ],
    [
      'whose second attempt does',
      { historyLength: 20, memo: { waiting: { attempt: 2, code: 'RATE_LIMITED', queued: true } } },
      processing({
        attempt: 2,
        progress: {
          fraction: null,
          message: 'waiting until fewer attempts of the same caller run',
        },
      }),
    ],
    ['whose attempt has just ended', { historyLength: 8 }, processing()],
    [
      'whose attempt reports',
      running('attempt-1', { heartbeat: { fraction: 0.5, message: 'half' } }),
      processing({ progress: { fraction: 0.5, message: 'half' } }),
    ],
    [
      'whose attempt cannot tell how far it is',
      running('attempt-1', { heartbeat: { fraction: null, message: 'on it' } }),
      processing({ progress: { fraction: null, message: 'on it' } }),
    ],
    [
      'whose heartbeat is somebody else’s',
      running('attempt-1', { heartbeat: 'alive' }),
      processing(),
    ],
    [
      'that polls a job',
      running('poll-1', {
        started: false,
        attempt: 4,
        failure: { type: 'JOB_RUNNING', detail: look },
      }),
      processing({ progress: look.progress }),
    ],
    [
      'whose job was submitted by the second attempt',
      running('poll-2', { started: false }),
      processing({ attempt: 2 }),
    ],
    [
      'whose look at the job failed',
      running('poll-1', {
        attempt: 2,
        failure: { type: 'UPSTREAM_UNAVAILABLE', detail: look },
      }),
      processing(),
    ],
    ['that cancels a job', running('cancel-1', { started: false }), processing()],
    [
      'that is a batch',
      { memo: { ...TASK, batch: { done: 120, failed: 3, total: 400 } } },
      {
        status: 'processing',
        attempt: 1,
        progress: { fraction: 0.308, message: '120 of 400 items done, 3 failed' },
      },
    ],
    [
      'that has its answers and begins later',
      { historyLength: 9, memo: { ...TASK, startAfterMs: 3_600_000 } },
      pending,
    ],
  ])('%s', (_, shown, state) => {
    expect(toRunningState({ ...EXECUTION, ...shown })).toEqual(state);
  });
});

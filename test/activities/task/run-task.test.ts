// What a worker decides about its task does not depend on its clock.
import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { runTask } from '../../../activities/task/run-task.ts';
import {
  parseEndedAt,
  toHeartbeat,
  type ActivityTask,
} from '../../../src/contract/activity/task.ts';
import { NOTHING_BEFORE } from '../../../src/contract/workflow/next-step.ts';
import { resolvePolicy } from '../../../src/operations/policy.ts';

const MINUTE_MS = 60_000;
const policy = resolvePolicy({ totalTimeoutSeconds: 120, retryAttempts: 1 }, {});
const task: ActivityTask = {
  kind: 'run',
  idempotent: true,
  policy,
  parameters: {},
  idempotencyKey: 'key',
  principal: 'local',
};

/** The second attempt, begun `spentMs` after the task by the clock of a server that is `wrongMs` away from that of this worker. */
const second = (wrongMs: number, spentMs: number, before = NOTHING_BEFORE) => {
  const startedAt = Date.now() + wrongMs - spentMs;
  return new MockActivityEnvironment(
    {
      attempt: 2,
      scheduledTimestampMs: startedAt,
      currentAttemptScheduledTimestampMs: startedAt + spentMs,
      heartbeatDetails: toHeartbeat(null, { attempts: before.attempt, soFar: before }),
    },
    { logger: new DefaultLogger('ERROR') },
  );
};

describe.each([-5 * MINUTE_MS, 0, 5 * MINUTE_MS])('a clock that differs by %i ms', (wrongMs) => {
  test('leaves an attempt that vanished its time to run again', async () => {
    const output = await second(wrongMs, MINUTE_MS).run(runTask, task, async () => 'done');
    expect(output).toMatchObject({ result: 'done', attempt: 2 });
    expect(parseEndedAt(output) !== null).toBe(wrongMs === 0);
  });

  test.each([
    [MINUTE_MS, false],
    [2 * MINUTE_MS - 500, true],
  ])('decides about a retry after %i ms as any other', async (spentMs, isFinal) => {
    const before = { ...NOTHING_BEFORE, attempt: 1, lastRun: 1 };
    const attempt = second(wrongMs, spentMs, before).run(runTask, task, async () => {
      throw ApplicationFailure.create({ type: 'UPSTREAM_UNAVAILABLE', message: 'not yet' });
    });
    await expect(attempt).rejects.toMatchObject({
      type: 'UPSTREAM_UNAVAILABLE',
      nonRetryable: isFinal,
    });
  });
});

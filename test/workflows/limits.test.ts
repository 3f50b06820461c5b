import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { defineRefund } from '../support/operations/define.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

/** An operation whose attempts last so long, one after the other. */
const lasting = (...seconds: number[]) => {
  let attempt = 0;
  return defineRefund(async () => {
    await tasks.sleep((seconds[attempt++] ?? 0) * 1_000);
    return attempt;
  });
};

const DAY = 86_400_000;

describe('an attempt', () => {
  test('ends after its time, with its own code', async () => {
    const end = await tasks.withWorker([lasting(61)], async () => {
      const task = await tasks.start('refund', { retry: { attempts: 3 } });
      return task.end();
    });
    expect(end).toMatchObject({ code: 'ATTEMPT_TIMEOUT', retryable: true, attempt: 1 });
  });

  test('that took too long is retried where repeating is harmless', async () => {
    await tasks.withWorker([lasting(61, 0)], async () => {
      const task = await tasks.start('refund', { idempotent: true, retry: { attempts: 1 } });
      expect(await task.end()).toEqual({ result: 2, attempt: 2 });
    });
  });

  test('that took too long is not retried where the policy has no retries', async () => {
    await tasks.withWorker([lasting(61, 0)], async () => {
      const task = await tasks.start('refund', { idempotent: true });
      expect(await task.end()).toMatchObject({ code: 'ATTEMPT_TIMEOUT', attempt: 1 });
    });
  });

  test('may take days', async () => {
    await tasks.withWorker([lasting((9 * DAY) / 1_000)], async () => {
      const task = await tasks.start('refund', {
        policy: { attemptMs: 10 * DAY, totalMs: 10 * DAY, heartbeatMs: 10 * DAY },
      });
      expect(await task.end()).toEqual({ result: 1, attempt: 1 });
      expect(await task.tookMs()).toBeGreaterThanOrEqual(9 * DAY);
    });
  });
});

describe('the total', () => {
  test('ends an attempt that may take as long', async () => {
    await tasks.withWorker([lasting(121)], async () => {
      const task = await tasks.start('refund', { policy: { attemptMs: 120_000 } });
      expect(await task.end()).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        retryable: true,
        attempt: 1,
      });
    });
  });

  test('leaves in the history where the workflow decided so, and who asked it to', async () => {
    await tasks.withWorker([lasting(121)], async () => {
      const task = await tasks.start('refund', { policy: { attemptMs: 120_000 } });
      await task.end();
      const { events } = await task.handle.fetchHistory();
      const failed = events?.at(-1)?.workflowExecutionFailedEventAttributes?.failure;
      expect(failed?.stackTrace).toMatch(/at toWorkflowFailure \(.+:\d+:\d+\)\n +at .*runAttempts/);
    });
  });

  test('ends the second attempt in what the first has left', async () => {
    await tasks.withWorker([lasting(61, 59)], async () => {
      const task = await tasks.start('refund', { idempotent: true, retry: { attempts: 5 } });
      expect(await task.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempt: 2 });
    });
  });
});

// Last: after a task that nobody took, this server skips no more time.
describe('the queue', () => {
  test('a task that no worker takes in its queue time is not run', async () => {
    const task = await tasks.start('refund', { policy: { queueMs: 300 } });
    await sleep(400);
    let runs = 0;
    const end = await tasks.withWorker([defineRefund(async () => (runs += 1))], task.end);
    expect(end).toMatchObject({ code: 'QUEUE_TIMEOUT', retryable: true, attempt: null });
    expect(runs).toBe(0);
    expect(await task.events()).not.toContain('ActivityTaskScheduled');
  });

  test('a task whose attempt nobody takes in its queue time is not run', async () => {
    await tasks.withWorker(null, async () => {
      const task = await tasks.start('refund', { policy: { queueMs: 10_000 } });
      expect(await task.end()).toMatchObject({ code: 'QUEUE_TIMEOUT', attempt: null });
      expect(await task.events()).toContain('ActivityTaskTimedOut');
    });
  });

  test('a queue time as long as the total ends in its own code', async () => {
    await tasks.withWorker(null, async () => {
      const task = await tasks.start('refund', { policy: { queueMs: 500, totalMs: 500 } });
      expect(await task.end()).toMatchObject({ code: 'QUEUE_TIMEOUT', attempt: null });
    });
  });

  test('waiting in the queue is part of the total', async () => {
    const task = await tasks.start('refund', {
      policy: { queueMs: 60_000, attemptMs: 60_000, totalMs: 60_000 },
    });
    await sleep(500);
    expect(await tasks.withWorker([lasting(59.7)], task.end)).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  test('a total that ends before any worker comes is the matter of the server alone', async () => {
    const task = await tasks.start('refund', { policy: { totalMs: 1 }, backstopMs: 1 });
    expect(await task.end()).toMatchObject({ code: 'BACKSTOP' });
  });
});

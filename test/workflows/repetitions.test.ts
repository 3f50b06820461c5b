import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { defineRefund } from '../support/operations/define.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

/** An operation that fails so often before it succeeds, and the keys and attempts that it saw. */
const failing = (error: OperationError, times = Infinity) => {
  const seen: { attempt: number; key: string }[] = [];
  const operation = defineRefund(async ({ attempt, idempotencyKey: key }) => {
    seen.push({ attempt, key });
    if (seen.length <= times) throw error;
    return 'done';
  });
  return { operation, seen };
};

const unavailable = new OperationError('UPSTREAM_UNAVAILABLE', 'GET / answered 503');
const MINUTE = 60_000;

describe('retries', () => {
  test('follow the policy, each attempt with the same key and its own number', async () => {
    const { operation, seen } = failing(unavailable, 3);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', {
        idempotencyKey: 'local:retried',
        policy: { totalMs: 60 * MINUTE },
        retry: { attempts: 3, initialIntervalMs: 2 * MINUTE, maximumIntervalMs: 5 * MINUTE },
      });
      expect(await task.end()).toEqual({ result: 'done', attempt: 4 });
      expect(seen).toEqual([1, 2, 3, 4].map((attempt) => ({ attempt, key: 'local:retried' })));
      // Pauses of 2, 4 and 5 minutes.
      expect(await task.tookMs()).toBeGreaterThanOrEqual(11 * MINUTE);
      expect(await task.tookMs()).toBeLessThan(20 * MINUTE);
    });
  });

  test('end with the last failure when they are used up', async () => {
    const { operation, seen } = failing(unavailable);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { retry: { attempts: 2 } });
      expect(await task.end()).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        message: 'GET / answered 503',
        attempt: 3,
      });
      expect(seen).toHaveLength(3);
    });
  });

  test('do not happen unless the policy says so', async () => {
    const { operation, seen } = failing(unavailable);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { idempotent: true });
      expect(await task.end()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', attempt: 1 });
      expect(seen).toHaveLength(1);
    });
  });

  test('happen after OUTCOME_UNKNOWN where a second run is harmless, and nowhere else', async () => {
    const { operation, seen } = failing(new OperationError('OUTCOME_UNKNOWN', 'no answer came'));
    await tasks.withWorker([operation], async () => {
      const harmless = await tasks.start('refund', { idempotent: true, retry: { attempts: 1 } });
      expect(await harmless.end()).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempt: 2 });
      expect(seen).toHaveLength(2);
      const other = await tasks.start('refund', { retry: { attempts: 1 } });
      expect(await other.end()).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempt: 1 });
      expect(seen).toHaveLength(3);
    });
  });

  test.each(['UPSTREAM_REJECTED', 'UNKNOWN_OPERATION', 'INTERNAL'] as const)(
    'do not happen after %s',
    async (code) => {
      const { operation, seen } = failing(
        new OperationError(code, 'as it is', { details: { status: 400 } }),
      );
      await tasks.withWorker([operation], async () => {
        const task = await tasks.start('refund', { idempotent: true, retry: { attempts: 5 } });
        expect(await task.end()).toEqual({
          code,
          message: 'as it is',
          retryable: false,
          details: { status: 400 },
          attempt: 1,
        });
        expect(seen).toHaveLength(1);
      });
    },
  );

  test('wait as long as the upstream wishes', async () => {
    const { operation } = failing(
      new OperationError('RATE_LIMITED', 'slow down', { retryAfterMs: 40 * MINUTE }),
      1,
    );
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', {
        policy: { totalMs: 60 * MINUTE },
        retry: { attempts: 1 },
      });
      expect(await task.end()).toEqual({ result: 'done', attempt: 2 });
      expect(await task.tookMs()).toBeGreaterThanOrEqual(40 * MINUTE);
    });
  });

  test('are not waited for where the task would be over first', async () => {
    const { operation, seen } = failing(
      new OperationError('RATE_LIMITED', 'slow down', { retryAfterMs: 2 * MINUTE }),
    );
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { retry: { attempts: 5 } });
      expect(await task.end()).toMatchObject({
        code: 'RATE_LIMITED',
        retryAfterMs: 2 * MINUTE,
        attempt: 1,
      });
      expect(seen).toHaveLength(1);
      expect(await task.tookMs()).toBeLessThan(MINUTE);
    });
  });

  test('cost a dozen events each, so that the hundred which a policy may allow fit into a history', async () => {
    const { operation } = failing(unavailable, 10);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', {
        retry: { attempts: 10, initialIntervalMs: 1, backoffCoefficient: 1 },
      });
      expect(await task.end()).toEqual({ result: 'done', attempt: 11 });
      expect((await task.events()).length).toBeLessThanOrEqual(12 * 11);
    });
  });
});

describe('an attempt that falls silent', () => {
  /** Falls silent in its first attempts: no heart beats while time is skipped. */
  const vanishing = (times: number) => {
    let attempts = 0;
    return defineRefund(async () => {
      attempts += 1;
      if (attempts <= times) await tasks.sleep(11_000);
      return attempts;
    });
  };
  const policy = { heartbeatMs: 10_000 };

  test('runs again at once where that is harmless, whatever the retries', async () => {
    await tasks.withWorker([vanishing(1)], async () => {
      const task = await tasks.start('refund', { idempotent: true, policy });
      expect(await task.end()).toEqual({ result: 2, attempt: 2 });
      expect(await task.events()).not.toContain('TimerStarted');
    });
  });

  test('never runs again where that may do harm', async () => {
    await tasks.withWorker([vanishing(1)], async () => {
      const task = await tasks.start('refund', { policy, retry: { attempts: 5 } });
      expect(await task.end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        retryable: false,
        attempt: 1,
      });
    });
  });

  test('again and again runs again after growing pauses', async () => {
    await tasks.withWorker([vanishing(4)], async () => {
      const task = await tasks.start('refund', { idempotent: true, policy });
      expect(await task.end()).toEqual({ result: 5, attempt: 5 });
      // Silences of 10 s at least, and pauses of 0, 2, 4 and 8 s.
      expect(await task.tookMs()).toBeGreaterThanOrEqual(4 * 10_000 + 14_000);
    });
  });

  test('for the whole of the task ends it', async () => {
    await tasks.withWorker([vanishing(100)], async () => {
      const task = await tasks.start('refund', { idempotent: true, policy });
      expect(await task.end()).toMatchObject({
        code: expect.stringMatching(/OUTCOME_UNKNOWN|DEADLINE_EXCEEDED/),
      });
    });
  });
});

describe('an operation that the worker does not know', () => {
  test('waits for a worker that does', async () => {
    let runs = 0;
    const operation = defineRefund(async () => (runs += 1));
    const task = await tasks.start('refund');
    await tasks.withWorker([], async () => untilEvent(task, 'TimerStarted'));
    const end = await tasks.withWorker([operation], task.end);
    expect(end).toMatchObject({ result: 1 });
  });

  test('is said to be unknown when none comes', async () => {
    await tasks.withWorker([], async () => {
      const task = await tasks.start('refund');
      expect(await task.end()).toMatchObject({
        code: 'UNKNOWN_OPERATION',
        message: expect.stringMatching(/^no worker knows refund;/),
        attempt: null,
      });
    });
  });
});

test('people can ask for the story of a task', async () => {
  const { operation } = failing(unavailable, 1);
  await tasks.withWorker([operation], async () => {
    const task = await tasks.start('refund', { retry: { attempts: 1 } });
    await task.end();
    expect(await task.handle.query('task')).toBe(
      [
        'Attempt 1 of `refund` scheduled',
        'Attempt 1 failed: **UPSTREAM_UNAVAILABLE** GET / answered 503',
        'retry in 1000 ms',
        'Attempt 2 of `refund` scheduled',
      ].join('\n\n'),
    );
  });
});

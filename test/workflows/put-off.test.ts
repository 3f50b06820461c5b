import { describe, expect, test } from '@jest/globals';
import { toPutOffFailure } from '../../activities/attempt/guard.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

const MINUTE = 60_000;

/** An operation that is switched off so often, each time for so long, before it runs. */
const switchedOff = (times: number, retryAfterMs?: number) => {
  const attempts: number[] = [];
  const refund = async ({ attempt }: { readonly attempt: number }) => {
    attempts.push(attempt);
    if (attempts.length <= times) {
      return Promise.reject(
        toPutOffFailure('refund is switched off', {
          code: 'CIRCUIT_OPEN',
          ...(retryAfterMs !== undefined && { retryAfterMs }),
        }),
      );
    }
    return 'done';
  };
  return { activities: { refund }, attempts };
};

describe('a task whose operation is switched off', () => {
  test('waits as long as it is told, and runs without a retry of its own', async () => {
    const { activities, attempts } = switchedOff(3, 20 * MINUTE);
    await tasks.withActivities(activities, async () => {
      const task = await tasks.start('refund', { policy: { totalMs: 120 * MINUTE } });
      expect(await task.end()).toEqual({ result: 'done', attempt: 4 });
      expect(attempts).toEqual([1, 2, 3, 4]);
      expect(await task.tookMs()).toBeGreaterThanOrEqual(60 * MINUTE);
      // Between attempts nothing is pending but a timer: no slot is held.
      expect((await task.events()).filter((type) => type === 'TimerFired')).toHaveLength(3);
    });
  });

  test('comes back again and again when nobody knows for how long, until its time is over', async () => {
    const { activities } = switchedOff(Infinity);
    await tasks.withActivities(activities, async () => {
      // The last attempt is left a two-hundredth of the total, which a slow machine needs as well.
      const task = await tasks.start('refund', { policy: { totalMs: 10 * MINUTE } });
      expect(await task.end()).toMatchObject({
        code: 'CIRCUIT_OPEN',
        retryable: true,
        attempt: null,
      });
      expect(await task.tookMs()).toBeGreaterThan(9 * MINUTE);
    });
  });

  test('says so even when its time was over before a worker took it again', async () => {
    const { activities } = switchedOff(Infinity, 110_000);
    const task = await tasks.withActivities(activities, async () => {
      const started = await tasks.start('refund', { policy: { totalMs: 120_000 } });
      await untilEvent(started, 'TimerStarted');
      return started;
    });
    await tasks.sleep(120_500);
    await tasks.withActivities(activities, async () => {
      expect(await task.end()).toMatchObject({ code: 'CIRCUIT_OPEN', attempt: null });
    });
  });

  test('fails at once when its time is over before the operation can be back', async () => {
    const { activities, attempts } = switchedOff(Infinity, 20 * MINUTE);
    await tasks.withActivities(activities, async () => {
      const task = await tasks.start('refund', { policy: { totalMs: 10 * MINUTE } });
      expect(await task.end()).toMatchObject({
        code: 'CIRCUIT_OPEN',
        message: 'refund is switched off',
        retryAfterMs: 20 * MINUTE,
      });
      expect(attempts).toEqual([1]);
    });
  });
});

describe('a task whose caller has its share of the slots', () => {
  /** Over the share so often, then it runs. */
  const crowded = (times: number) => {
    const attempts: number[] = [];
    const refund = async ({ attempt }: { readonly attempt: number }) => {
      attempts.push(attempt);
      if (attempts.length <= times) {
        return Promise.reject(toPutOffFailure('over the share', { code: 'RATE_LIMITED' }));
      }
      return 'done';
    };
    return { activities: { refund }, attempts };
  };

  test('comes back without having counted an attempt', async () => {
    const { activities, attempts } = crowded(3);
    await tasks.withActivities(activities, async () => {
      const task = await tasks.start('refund', { policy: { totalMs: 120 * MINUTE } });
      expect(await task.end()).toEqual({ result: 'done', attempt: 1 });
      expect(attempts).toEqual([1, 1, 1, 1]);
    });
  });

  test('waits no longer than its queue time, and says that nothing was run', async () => {
    const { activities } = crowded(Infinity);
    await tasks.withActivities(activities, async () => {
      const policy = { totalMs: 120 * MINUTE, queueMs: 5 * MINUTE };
      const task = await tasks.start('refund', { policy });
      expect(await task.end()).toMatchObject({
        code: 'RATE_LIMITED',
        message: 'over the share',
        attempt: null,
        retryable: true,
      });
      expect(await task.tookMs()).toBeLessThan(10 * MINUTE);
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { done, fail, inTurn, run } from '../replay/steps.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

const HOUR = 3_600_000;

/** Completes with what each attempt was told of the wait. */
const refund = async ({ delayedMs = 0 }: { readonly delayedMs?: number }) => delayedMs;

describe('a task whose operation waits first', () => {
  test('holds no slot meanwhile, and runs when the time has come', async () => {
    await tasks.withActivities({ refund }, async () => {
      const task = await tasks.start('refund', {
        delayMs: 20 * HOUR,
        policy: { totalMs: 24 * HOUR },
      });
      expect(await task.end()).toEqual({ result: 20 * HOUR, attempt: 1 });
      expect(await task.tookMs()).toBeGreaterThanOrEqual(20 * HOUR);
      const events = await task.events();
      expect(events.indexOf('TimerFired')).toBeLessThan(events.indexOf('ActivityTaskScheduled'));
    });
  });

  test('waits once, however often its attempt is tried again', async () => {
    const activities = run(inTurn(fail('UPSTREAM_UNAVAILABLE'), done));
    await tasks.withActivities(activities, async () => {
      const policy = { totalMs: 3 * HOUR };
      const task = await tasks.start('refund', { delayMs: HOUR, policy, retry: { attempts: 1 } });
      expect(await task.end()).toEqual({ result: 'done', attempt: 2 });
      expect(await task.tookMs()).toBeLessThan(2 * HOUR);
    });
  });

  test('counts the wait as no queue time', async () => {
    await tasks.withActivities({ refund }, async () => {
      const policy = { totalMs: 3 * HOUR, queueMs: 60_000 };
      const task = await tasks.start('refund', { delayMs: HOUR, policy });
      expect(await task.end()).toMatchObject({ result: HOUR });
    });
  });

  test('ends when its total is over, and at once when it is cancelled', async () => {
    await tasks.withActivities({ refund }, async () => {
      const late = await tasks.start('refund', { delayMs: 5 * HOUR, policy: { totalMs: HOUR } });
      expect(await late.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempt: null });
      const unwanted = await tasks.start('refund', {
        delayMs: HOUR,
        policy: { totalMs: 2 * HOUR },
      });
      await untilEvent(unwanted, 'TimerStarted');
      await unwanted.handle.cancel();
      expect(await unwanted.end()).toMatchObject({ code: 'CANCELLED' });
      expect(await unwanted.tookMs()).toBeLessThan(HOUR);
    });
  });
});

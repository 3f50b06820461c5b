import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { until } from '../support/operations/context.ts';
import { defineRefund } from '../support/operations/define.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

describe('a cancel', () => {
  test('before any worker came ends the task when one comes, and nothing is run', async () => {
    const task = await tasks.start('refund');
    await task.handle.cancel();
    let runs = 0;
    const end = await tasks.withWorker([defineRefund(async () => (runs += 1))], task.end);
    expect(end).toMatchObject({ code: 'CANCELLED', attempt: null });
    expect(runs).toBe(0);
    expect(await task.events()).not.toContain('ActivityTaskStarted');
  });

  test('of an attempt that no worker took ends the task at once', async () => {
    await tasks.withWorker(null, async () => {
      const task = await tasks.start('refund');
      await untilEvent(task, 'ActivityTaskScheduled');
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    });
  });

  test('reaches a running attempt', async () => {
    let began = false;
    const operation = defineRefund(async ({ signal }) => {
      began = true;
      await sleep(60_000, null, { signal });
      return 'done';
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await until(() => began);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    });
  });

  test('waits for what the attempt makes of it: a result stays a result, and the cancel is remembered', async () => {
    let began = false;
    const operation = defineRefund(
      async ({ signal }) =>
        new Promise((resolve) => {
          began = true;
          signal.addEventListener('abort', () => {
            resolve('was done already');
          });
        }),
    );
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await until(() => began);
      await task.handle.cancel();
      expect(await task.end()).toEqual({
        result: 'was done already',
        attempt: 1,
        cancelRequested: true,
      });
    });
  });

  test('between attempts ends the task at once', async () => {
    let runs = 0;
    const operation = defineRefund(async () => {
      runs += 1;
      throw new OperationError('UPSTREAM_UNAVAILABLE', 'GET / answered 503');
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', {
        retry: { attempts: 5, initialIntervalMs: 60_000, maximumIntervalMs: 60_000 },
      });
      await untilEvent(task, 'TimerStarted');
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(runs).toBe(1);
    });
  });

  test('of a task that has completed changes nothing', async () => {
    await tasks.withWorker([defineRefund(async () => 'done')], async () => {
      const task = await tasks.start('refund');
      expect(await task.end()).toEqual({ result: 'done', attempt: 1 });
      await task.handle.cancel().catch(() => undefined); // this server refuses, the real one does not mind
      expect(await task.end()).toEqual({ result: 'done', attempt: 1 });
    });
  });

  test('twice is a cancel', async () => {
    const operation = defineRefund(async ({ signal }) => sleep(60_000, 'done', { signal }));
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await task.handle.cancel();
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    });
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import type { JobStatus } from '../../src/operations/operation.ts';
import type { TaskChange } from '../support/temporal/tasks-without-gateway.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { until } from '../support/operations/context.ts';
import { defineCountedTrain } from '../support/operations/define.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();

const HOUR = 3_600_000;
const unavailable = new OperationError('UPSTREAM_UNAVAILABLE', 'GET /jobs/1 answered 503');

const running = async (): Promise<JobStatus> => ({ done: false });
const confirm = async () => undefined;

const startJob = async (change: TaskChange = {}) =>
  tasks.start('train', { kind: 'job', ...change });

describe('a cancel of a job', () => {
  test('before the submit began leaves nothing to cancel', async () => {
    await tasks.withWorker(null, async () => {
      const task = await startJob();
      await untilEvent(task, 'ActivityTaskScheduled');
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(await task.events()).not.toContain('ActivityTaskStarted');
    });
  });

  test('while the submit runs waits for its answer, and cancels the job', async () => {
    let answer: ((handle: string) => void) | undefined;
    const { operation, calls } = defineCountedTrain({
      submit: async () => new Promise((resolve) => (answer = resolve)),
      poll: running,
      cancel: confirm,
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      await until(() => answer !== undefined);
      await task.handle.cancel();
      const end = task.end();
      await sleep(2_500); // longer than any heartbeat takes to carry the cancel
      answer!('job-7');
      expect(await end).toMatchObject({ code: 'CANCELLED' });
      expect(calls).toMatchObject({ polls: 0, cancels: ['job-7'] });
    });
  });

  test('between two submits ends the task at once', async () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => Promise.reject(unavailable),
      cancel: confirm,
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({
        retry: { attempts: 5, initialIntervalMs: 60_000, maximumIntervalMs: 60_000 },
      });
      await untilEvent(task, 'TimerStarted');
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(calls).toMatchObject({ submits: { length: 1 }, cancels: [] });
    });
  });

  test('after a submit that was lost does not claim that nothing was left', async () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => {
        await sleep(1_000);
        return 'job-1';
      },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({
        idempotent: true,
        policy: { totalMs: HOUR, attemptMs: 300 },
        retry: { attempts: 5, initialIntervalMs: 600_000, maximumIntervalMs: 600_000 },
      });
      await untilEvent(task, 'TimerStarted');
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringMatching(/^the task was cancelled after a submit was lost/),
      });
      expect(calls.submits).toHaveLength(1);
    });
  });

  test('while the job is waited for cancels it', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: running,
      cancel: confirm,
      polling: { initialIntervalMs: HOUR, maxIntervalMs: HOUR },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: 8 * HOUR } });
      await until(() => calls.polls === 1);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(calls).toMatchObject({ polls: 1, cancels: ['job-1'] });
    });
  });

  test('during a look does not wait for it', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: async (_, { signal }) => {
        await sleep(60_000, null, { signal });
        return { done: false };
      },
      cancel: confirm,
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      await until(() => calls.polls === 1);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(calls.cancels).toEqual(['job-1']);
    });
  });

  test('that the upstream does not take at once is repeated', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: running,
      cancel: async () => {
        if (calls.cancels.length < 3) throw unavailable;
      },
      polling: { initialIntervalMs: HOUR, maxIntervalMs: HOUR },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: 8 * HOUR } });
      await until(() => calls.polls === 1);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED', attempt: null });
      expect(calls.cancels).toHaveLength(3);
    });
  });

  test.each([
    [
      'that the upstream refuses',
      async () => Promise.reject(new OperationError('UPSTREAM_REJECTED', 'too late to cancel')),
      /^the task was cancelled on request; .* not confirmed: too late to cancel$/,
    ],
    [
      'where the operation has none',
      undefined,
      /^the task was cancelled on request; the job "job-1" may go on upstream, since the operation cannot cancel it$/,
    ],
  ])('%s says so', async (_, cancel, message) => {
    const { operation, calls } = defineCountedTrain({
      poll: running,
      ...(cancel && { cancel }),
      polling: { initialIntervalMs: HOUR, maxIntervalMs: HOUR },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: 8 * HOUR } });
      await until(() => calls.polls === 1);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({
        code: 'CANCELLED',
        message: expect.stringMatching(message),
        details: { job: { handle: 'job-1', may_go_on: true } },
        attempt: 1,
      });
      expect(calls.cancels.length).toBeLessThanOrEqual(1);
    });
  });
});

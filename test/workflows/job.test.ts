import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { Context } from '@temporalio/activity';
import { OperationError } from '../../src/contract/errors.ts';
import type { JobStatus } from '../../src/operations/operation.ts';
import type { TaskChange } from '../support/temporal/tasks-without-gateway.ts';
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

describe('a job', () => {
  test('is submitted, looked at and done, with the attempt of its submit', async () => {
    const { operation, calls } = defineCountedTrain();
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toEqual({ result: 'model', attempt: 1 });
      expect(calls).toMatchObject({ submits: [task.handle.workflowId], polls: 1 });
    });
  });

  test('of six hours costs a handful of events', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: async () => (calls.polls <= 360 ? { done: false } : { done: true, result: 'model' }),
      polling: { initialIntervalMs: 60_000, maxIntervalMs: 60_000 },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: 8 * HOUR } });
      expect(await task.end()).toEqual({ result: 'model', attempt: 1 });
      expect(await task.tookMs()).toBeGreaterThanOrEqual(6 * HOUR);
      expect((await task.events()).length).toBeLessThan(30);
    });
  });

  test('that failed upstream fails the task, and is not cancelled', async () => {
    const failed = new OperationError('UPSTREAM_REJECTED', 'the model diverged', {
      details: { loss: 'NaN' },
    });
    const { operation, calls } = defineCountedTrain({
      poll: async () => Promise.reject(failed),
      cancel: confirm,
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toEqual({
        code: 'UPSTREAM_REJECTED',
        message: 'the model diverged',
        retryable: false,
        details: { loss: 'NaN' },
        attempt: 1,
      });
      expect(calls).toMatchObject({ polls: 1, cancels: [] });
    });
  });

  test('is looked at again after looks that failed', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: async () => {
        if (calls.polls <= 3) throw unavailable;
        return { done: true, result: 'model' };
      },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toEqual({ result: 'model', attempt: 1 });
      expect(calls.polls).toBe(4);
    });
  });

  test('is looked at again after a look that vanished with its worker', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: async () => {
        if (calls.polls === 1) await tasks.sleep(11_000);
        return { done: true, result: `model of poll ${calls.polls}` };
      },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { heartbeatMs: 10_000 } });
      expect(await task.end()).toEqual({ result: 'model of poll 2', attempt: 1 });
    });
  });

  test('is followed on after some looks that could not be read', async () => {
    const { operation, calls } = defineCountedTrain({
      poll: async () => {
        if (calls.polls % 4 !== 0) throw new SyntaxError('Unexpected token <');
        return calls.polls < 12 ? { done: false } : { done: true, result: 'model' };
      },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: HOUR } });
      expect(await task.end()).toEqual({ result: 'model', attempt: 1 });
      expect(calls.polls).toBe(12);
    });
  });

  test.each([
    ['is cancelled', confirm, /the job was cancelled upstream$/, false],
    ['is said to go on', undefined, /the job "job-1" may go on upstream/, true],
  ])('that cannot be looked at for long %s', async (_, cancel, message, may_go_on) => {
    const { operation, calls } = defineCountedTrain({
      poll: async () => Promise.reject(new SyntaxError('Unexpected token <')),
      ...(cancel && { cancel }),
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { totalMs: HOUR } });
      expect(await task.end()).toMatchObject({
        code: 'INTERNAL',
        message: expect.stringMatching(message),
        details: { job: { handle: 'job-1', may_go_on } },
      });
      expect(calls.polls).toBe(6);
      expect(calls.cancels).toEqual(cancel ? ['job-1'] : []);
    });
  });

  test('is looked at as long as an attempt may take', async () => {
    const limits: number[] = [];
    const { operation } = defineCountedTrain({
      poll: async () => {
        limits.push(Context.current().info.startToCloseTimeoutMs);
        return { done: true, result: 'model' };
      },
    });
    await tasks.withWorker([operation], async () => {
      const short = { totalMs: 8 * HOUR, attemptMs: 5_000 };
      await (await startJob({ policy: { ...short, attemptMs: 90_000 } })).end();
      await (await startJob({ policy: short })).end();
      const brief = { totalMs: 100_000, attemptMs: 90_000 };
      await (await startJob({ policy: brief })).end();
    });
    expect(limits.slice(0, 2)).toEqual([90_000, 30_000]);
    expect(limits[2]).toBeGreaterThan(40_000); // half of what is left: a look that hangs is not the last
    expect(limits[2]).toBeLessThanOrEqual(50_000);
  });

  test('waits for a worker that knows it', async () => {
    const first = defineCountedTrain({ poll: running });
    const task = await startJob({ policy: { totalMs: HOUR } });
    await tasks.withWorker([first.operation], async () => until(() => first.calls.polls > 0));
    await tasks.withWorker([], async () => sleep(1_500));
    const { operation } = defineCountedTrain();
    expect(await tasks.withWorker([operation], task.end)).toEqual({ result: 'model', attempt: 1 });
  });
});

describe('a job that outlasts its task', () => {
  test('is cancelled upstream', async () => {
    const { operation, calls } = defineCountedTrain({ poll: running, cancel: confirm });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringMatching(
          /^the total time .* ran out before its job was done; .*; the job was cancelled upstream$/,
        ),
        attempt: 1,
      });
      expect(calls.cancels).toEqual(['job-1']);
    });
  });

  test('is said to go on where the operation cannot cancel', async () => {
    const { operation } = defineCountedTrain({ poll: running });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringMatching(/the job "job-1" may go on upstream/),
        details: { job: { handle: 'job-1', may_go_on: true } },
      });
    });
  });

  test('ends with the news of the last look', async () => {
    const { operation } = defineCountedTrain({ poll: async () => Promise.reject(unavailable) });
    await tasks.withWorker([operation], async () => {
      const task = await startJob();
      expect(await task.end()).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringMatching(/the last poll said: GET \/jobs\/1 answered 503;/),
      });
    });
  });
});

describe('a submit', () => {
  test('that failed is retried by the policy, with the same key', async () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => {
        if (calls.submits.length === 1) throw unavailable;
        return 'job-1';
      },
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ retry: { attempts: 1 } });
      expect(await task.end()).toEqual({ result: 'model', attempt: 2 });
      expect(calls.submits).toEqual([task.handle.workflowId, task.handle.workflowId]);
    });
  });

  const lost = new OperationError('OUTCOME_UNKNOWN', 'the connection was lost');

  test('whose answer was lost is retried by the policy where that does no harm', async () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => {
        if (calls.submits.length === 1) throw lost;
        return 'job-1';
      },
    });
    await tasks.withWorker([operation], async () => {
      const once = await startJob({ retry: { attempts: 1 } });
      expect(await once.end()).toMatchObject({ code: 'OUTCOME_UNKNOWN' });
      expect(calls.submits.splice(0)).toHaveLength(1);
      const task = await startJob({ idempotent: true, retry: { attempts: 1 } });
      expect(await task.end()).toEqual({ result: 'model', attempt: 2 });
    });
  });

  test('that fails after one that was lost does not hide it', async () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => Promise.reject(calls.submits.length === 1 ? lost : unavailable),
    });
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ idempotent: true, retry: { attempts: 1 } });
      expect(await task.end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: expect.stringMatching(
          /^an earlier submit was lost and may have started a job; .* UPSTREAM_UNAVAILABLE/,
        ),
      });
      expect(calls.submits).toHaveLength(2);
    });
  });

  const vanishing = () => {
    const { operation, calls } = defineCountedTrain({
      submit: async () => {
        if (calls.submits.length === 1) await tasks.sleep(11_000);
        return 'job-1';
      },
    });
    return { operation, calls };
  };

  test('that vanished is repeated with the same key where the upstream honours it', async () => {
    const { operation, calls } = vanishing();
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ idempotent: true, policy: { heartbeatMs: 10_000 } });
      expect(await task.end()).toEqual({ result: 'model', attempt: 2 });
      expect(calls.submits).toEqual([task.handle.workflowId, task.handle.workflowId]);
    });
  });

  test('that vanished is not repeated where that might start a second job', async () => {
    const { operation, calls } = vanishing();
    await tasks.withWorker([operation], async () => {
      const task = await startJob({ policy: { heartbeatMs: 10_000 } });
      expect(await task.end()).toMatchObject({ code: 'OUTCOME_UNKNOWN', attempt: 1 });
      expect(calls).toMatchObject({ submits: { length: 1 }, polls: 0 });
    });
  });
});

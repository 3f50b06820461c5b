// What the time-skipping server does otherwise, or not at all. The tests wait, so they run at the same time.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import { untilEvent } from '../support/temporal/test-task.ts';
import { until } from '../support/operations/context.ts';
import { defineCountedTrain, defineRefund } from '../support/operations/define.ts';
import { startRealTimeTasks, type RealTimeTasks } from '../support/temporal/real-time-tasks.ts';

let server: RealTimeTasks;
beforeAll(async () => {
  server = await startRealTimeTasks();
});
afterAll(async () => server[Symbol.asyncDispose]());

/** A job's last look has all this time: a second may not be enough for a slow machine. */
const patient = { lastPollMs: 15_000 };

test.concurrent('a job is looked at once more just before its task is over', async () => {
  await using tasks = server.onQueue('last-poll');
  const { operation, calls } = defineCountedTrain({
    poll: async () =>
      calls.polls === 1 ? { done: false } : { done: true, result: 'just in time' },
    polling: { initialIntervalMs: 60_000, maxIntervalMs: 60_000 },
  });
  await tasks.withWorker(
    [operation],
    async () => {
      const task = await tasks.start('train', { kind: 'job', policy: { totalMs: 20_000 } });
      expect(await task.end()).toEqual({ result: 'just in time', attempt: 1 });
      expect(await task.tookMs()).toBeGreaterThan(3_000);
    },
    patient,
  );
});

test.concurrent(
  'a job that is still not done is cancelled before the server ends the task',
  async () => {
    await using tasks = server.onQueue('cancelled-in-time');
    const { operation, calls } = defineCountedTrain({
      poll: async () => ({ done: false }),
      cancel: async () => undefined,
      polling: { initialIntervalMs: 60_000, maxIntervalMs: 60_000 },
    });
    await tasks.withWorker(
      [operation],
      async () => {
        const task = await tasks.start('train', { kind: 'job', policy: { totalMs: 18_000 } });
        expect(await task.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempt: 1 });
        expect(calls).toMatchObject({ polls: 2, cancels: ['job-1'] });
      },
      patient,
    );
  },
);

test.concurrent('a job that nobody looks at for a while is cancelled at once', async () => {
  await using tasks = server.onQueue('cancelled-between-polls');
  const { operation, calls } = defineCountedTrain({
    poll: async () => ({ done: false }),
    cancel: async () => undefined,
    polling: { initialIntervalMs: 60_000, maxIntervalMs: 60_000 },
  });
  await tasks.withWorker([operation], async () => {
    const task = await tasks.start('train', { kind: 'job' });
    await until(() => calls.polls === 1);
    await task.handle.cancel();
    expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    expect(calls).toMatchObject({ polls: 1, cancels: ['job-1'] });
  });
});

test.concurrent('a submit goes on beating after a cancel, and its job is cancelled', async () => {
  await using tasks = server.onQueue('cancelled-submit');
  let answer: ((handle: string) => void) | undefined;
  const { operation, calls } = defineCountedTrain({
    submit: async () => new Promise((resolve) => (answer = resolve)),
    cancel: async () => undefined,
  });
  await tasks.withWorker([operation], async () => {
    const task = await tasks.start('train', { kind: 'job', policy: { heartbeatMs: 8_000 } });
    await until(() => answer !== undefined);
    await task.handle.cancel();
    await sleep(17_000); // more than two silences
    answer!('job-7');
    expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    expect(calls).toMatchObject({ submits: { length: 1 }, polls: 0, cancels: ['job-7'] });
  });
});

test.concurrent('a cancel reaches an attempt long before its next heartbeat', async () => {
  await using tasks = server.onQueue('pushed-cancel');
  let stopped = false;
  let began = false;
  const slow = defineRefund(async ({ signal }) => {
    began = true;
    await sleep(600_000, null, { signal }).catch(() => (stopped = true));
    throw new Error('stopped');
  });
  const heartbeatMs = 600_000;
  await tasks.withWorker(
    [slow],
    async () => {
      const limits = { heartbeatMs, attemptMs: heartbeatMs, totalMs: heartbeatMs };
      const task = await tasks.start('refund', { policy: limits });
      await until(() => began);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(stopped).toBe(true);
    },
    { pushesCancels: true },
  );
});

test.concurrent('limits end in their own codes', async () => {
  await using tasks = server.onQueue('limits');
  await tasks.withWorker(null, async () => {
    const queued = await tasks.start('refund', { policy: { queueMs: 300, totalMs: 300 } });
    expect(await queued.end()).toMatchObject({ code: 'QUEUE_TIMEOUT', attempt: null });
  });
  const slow = defineRefund(async ({ signal }) => sleep(60_000, 'done', { signal }));
  await tasks.withWorker([slow], async () => {
    const attempt = await tasks.start('refund', { policy: { attemptMs: 300 } });
    const total = await tasks.start('refund', { policy: { attemptMs: 10_000, totalMs: 10_000 } });
    expect(await attempt.end()).toMatchObject({ code: 'ATTEMPT_TIMEOUT', attempt: 1 });
    expect(await total.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempt: 1 });
  });
});

test.concurrent('a second attempt that nobody takes does not hide that the first ran', async () => {
  await using tasks = server.onQueue('second-attempt');
  let runs = 0;
  const failing = defineRefund(async () => {
    runs += 1;
    throw new OperationError('UPSTREAM_UNAVAILABLE', 'down for the moment');
  });
  const task = await tasks.start('refund', {
    retry: { attempts: 1, initialIntervalMs: 12_000 }, // by then, the first worker has left
    policy: { totalMs: 25_000 },
  });
  await tasks.withWorker([failing], async () => untilEvent(task, 'TimerStarted'));
  expect(runs).toBe(1);
  await tasks.withWorker(null, async () => {
    expect(await task.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED', attempt: 1 });
  });
});

test.concurrent(
  'a task that an operator resets after its end runs afresh, in its whole time',
  async () => {
    await using tasks = server.onQueue('reset');
    let runs = 0;
    const operation = defineRefund(async ({ signal }) => {
      runs += 1;
      return runs === 1 ? sleep(60_000, 'late', { signal }) : 'done';
    });
    await tasks.withWorker([operation], async () => {
      const policy = { attemptMs: 8_000, totalMs: 8_000 };
      const task = await tasks.start('refund', { policy, backstopMs: 8_000 });
      expect(await task.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      await sleep(8_500); // past the timeout of the workflow itself
      const { events } = await task.handle.fetchHistory();
      await server.client.workflowService.resetWorkflowExecution({
        namespace: 'default',
        workflowExecution: { workflowId: task.handle.workflowId },
        workflowTaskFinishEventId: events!.find((one) => one.workflowTaskCompletedEventAttributes)!
          .eventId!,
        requestId: 'reset',
        reason: 'for a test',
      });
      const again = server.client.workflow.getHandle(task.handle.workflowId);
      expect(await again.result()).toEqual({ result: 'done', attempt: 1 });
    });
  },
);

test.concurrent('a cancel before any worker came ends the task when one comes', async () => {
  await using tasks = server.onQueue('before-any-worker');
  const task = await tasks.start('refund');
  await task.handle.cancel();
  let runs = 0;
  const end = await tasks.withWorker([defineRefund(async () => (runs += 1))], task.end);
  expect(end).toMatchObject({ code: 'CANCELLED' });
  expect(runs).toBe(0);
});

test.concurrent('words that are no text do not block an attempt', async () => {
  await using tasks = server.onQueue('broken-text');
  const operation = defineRefund(async (context) => {
    context.progress(0.5, 'half \uD83D');
    await sleep(50);
    throw new Error('broken \uD83D');
  });
  await tasks.withWorker([operation], async () => {
    const task = await tasks.start('refund');
    expect(await task.end()).toMatchObject({ code: 'INTERNAL', message: 'broken \uFFFD' });
    await untilEvent(task, 'WorkflowExecutionFailed');
  });
});

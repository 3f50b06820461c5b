import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { ActivityCancellationDetails, CancelledFailure } from '@temporalio/common';
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import type { JobStatus, Operation } from '../../../src/operations/operation.ts';
import { beginAttempt, type AttemptChange } from '../../support/operations/attempt.ts';

interface Steps {
  readonly submit?: (signal: AbortSignal) => Promise<Json>;
  readonly poll?: (handle: Json) => Promise<JobStatus>;
  readonly cancel?: (handle: Json) => Promise<void>;
}

const job = ({ submit, poll, cancel }: Steps): Operation =>
  defineJob({
    name: 'train',
    description: 'for tests',
    input: z.object({}),
    submit: async (_, { signal }) => submit?.(signal) ?? 'job-1',
    poll: async ({ handle }) => poll?.(handle) ?? { done: true, result: null },
    ...(cancel && { cancel: async ({ handle }) => cancel(handle) }),
    polling: { initialIntervalMs: 100, backoffMultiplier: 3, maxIntervalMs: 2_000 },
  });

/** A poll of the job, as the activity ends. */
const pollJob = async (poll: () => Promise<JobStatus>, info: AttemptChange['info'] = {}) =>
  beginAttempt(job({ poll }), { type: 'train.poll', info }).result;

const running = async (): Promise<JobStatus> => ({ done: false });
const throwing = (error: Error) => async () => Promise.reject(error);

describe('a poll', () => {
  test('that finds the job done returns its result', async () => {
    expect(await pollJob(async () => ({ done: true, result: { model: 'm' } }))).toEqual({
      model: 'm',
    });
  });

  test('sees the handle that submit returned', async () => {
    const handles: Json[] = [];
    const operation = job({
      poll: async (handle) => {
        handles.push(handle);
        return { done: true, result: null };
      },
    });
    await beginAttempt(operation, { type: 'train.poll', input: { handle: { id: 7 } } }).result;
    expect(handles).toEqual([{ id: 7 }]);
  });

  test('that finds it running ends in the failure that schedules the next poll', async () => {
    const progress = { fraction: 0.5, message: 'half way' };
    await expect(pollJob(async () => ({ done: false, progress }))).rejects.toMatchObject({
      type: 'JOB_RUNNING',
      message: 'half way',
      nonRetryable: false,
      category: 'BENIGN',
      details: [{ progress }],
    });
  });

  test('tells progress of bounded size', async () => {
    const progress = { fraction: 7, message: 'x'.repeat(100_000) };
    const told = { fraction: 1, message: `${'x'.repeat(500)} …` };
    await expect(pollJob(async () => ({ done: false, progress }))).rejects.toMatchObject({
      message: told.message,
      details: [{ progress: told }],
    });
  });

  test.each([
    [1, 100],
    [2, 300],
    [3, 900],
    [4, 2_000],
    [1_000, 2_000],
  ])('number %d is followed by another after %d ms', async (attempt, nextRetryDelay) => {
    await expect(pollJob(running, { attempt })).rejects.toMatchObject({ nextRetryDelay });
  });

  test.each([
    [5_000, 5_000],
    [12.6, 13],
    [0, 10],
  ])('may wish for the next one after %d ms: %d ms', async (pollAfterMs, nextRetryDelay) => {
    await expect(pollJob(async () => ({ done: false, pollAfterMs }))).rejects.toMatchObject({
      nextRetryDelay,
    });
  });

  test('is followed by one just in time where the next would come after the deadline', async () => {
    const late = async () => ({ done: false as const, pollAfterMs: 60_000 });
    const failure = await pollJob(late, {
      attempt: 4,
      scheduledTimestampMs: 10_000,
      currentAttemptScheduledTimestampMs: 90_000,
      scheduleToCloseTimeoutMs: 120_000,
    }).catch((thrown: unknown) => thrown as { nextRetryDelay: number });
    expect(failure).toHaveProperty('nextRetryDelay');
    const { nextRetryDelay } = failure as { nextRetryDelay: number };
    // Forty seconds are left, less what this poll took; the last poll is a second before the end.
    expect(nextRetryDelay).toBeGreaterThan(10);
    expect(nextRetryDelay).toBeLessThanOrEqual(39_000);
  });

  test('is the last when hardly any time is left', async () => {
    await expect(
      pollJob(running, {
        attempt: 4,
        scheduledTimestampMs: 10_000,
        currentAttemptScheduledTimestampMs: 129_500,
        scheduleToCloseTimeoutMs: 120_000,
      }),
    ).rejects.toMatchObject({ nextRetryDelay: 2_000 });
  });
});

describe('a poll that fails', () => {
  test.each([
    ['UPSTREAM_UNAVAILABLE', undefined, 300],
    ['RATE_LIMITED', 7_000, 7_000],
    ['RATE_LIMITED', 1, 300],
    ['OUTCOME_UNKNOWN', undefined, 300],
  ] as const)('with %s, wait %s, is repeated after %d ms', async (code, retryAfterMs, delay) => {
    const error = new OperationError(code, 'not now', { retryAfterMs });
    await expect(pollJob(throwing(error), { attempt: 2 })).rejects.toMatchObject({
      type: code,
      message: 'not now',
      nonRetryable: false,
      nextRetryDelay: delay,
    });
  });

  test.each(['UPSTREAM_REJECTED', 'INTERNAL', 'INVALID_PARAMETERS'] as const)(
    'with %s ends the job',
    async (code) => {
      const error = new OperationError(code, 'the job failed', { details: { reason: 'diverged' } });
      await expect(pollJob(throwing(error))).rejects.toMatchObject({
        type: code,
        message: 'the job failed',
        nonRetryable: true,
        details: [{ details: { reason: 'diverged' } }],
      });
    },
  );

  test('because its worker shuts down is repeated', async () => {
    const attempt = beginAttempt(job({ poll: async () => new Promise(() => undefined) }), {
      type: 'train.poll',
    });
    attempt.stop(new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(attempt.result).rejects.toMatchObject({
      type: 'ATTEMPT_LOST',
      nonRetryable: false,
      nextRetryDelay: 100,
    });
  });

  test('because it is cancelled is not', async () => {
    const attempt = beginAttempt(job({ poll: async () => new Promise(() => undefined) }), {
      type: 'train.poll',
    });
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
  });
});

describe('a submit', () => {
  const slow = job({ submit: async (signal) => sleep(50, 'job-1', { signal }) });

  test('is not told of a cancel: its answer names the job that is to be cancelled', async () => {
    const attempt = beginAttempt(slow, { type: 'train.submit' });
    attempt.stop();
    expect(await attempt.result).toBe('job-1');
  });

  test('is told that its time is up, also after a cancel', async () => {
    const attempt = beginAttempt(
      job({ submit: async (signal) => sleep(60_000, 'late', { signal }) }),
      {
        type: 'train.submit',
        info: { startToCloseTimeoutMs: 20 },
      },
    );
    attempt.stop();
    await expect(attempt.result).rejects.toThrow(CancelledFailure);
  });

  test('is told of a worker that shuts down', async () => {
    const attempt = beginAttempt(slow, { type: 'train.submit' });
    attempt.stop(new ActivityCancellationDetails({ workerShutdown: true }));
    await expect(attempt.result).rejects.toMatchObject({ type: 'ATTEMPT_LOST' });
  });
});

describe('a cancel', () => {
  test('reaches the job by its handle', async () => {
    const cancelled: Json[] = [];
    const operation = job({
      cancel: async (handle) => {
        cancelled.push(handle);
      },
    });
    const attempt = beginAttempt(operation, { type: 'train.cancel', input: { handle: 'job-1' } });
    expect(await attempt.result).toBe(true);
    expect(cancelled).toEqual(['job-1']);
  });

  test('says so where the operation has none', async () => {
    expect(await beginAttempt(job({}), { type: 'train.cancel' }).result).toBe(false);
  });

  test('whose answer was lost may be repeated', async () => {
    const operation = job({ cancel: throwing(new OperationError('OUTCOME_UNKNOWN', 'no answer')) });
    await expect(beginAttempt(operation, { type: 'train.cancel' }).result).rejects.toMatchObject({
      type: 'OUTCOME_UNKNOWN',
      nonRetryable: false,
    });
  });
});

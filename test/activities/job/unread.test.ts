import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import type { JobStatus, Operation } from '../../../src/operations/operation.ts';
import { beginAttempt, type AttemptChange } from '../../support/operations/attempt.ts';
import { defineTestJob } from '../../support/operations/http-job.ts';
import { startFakeUpstream } from '../../support/peers/upstream.ts';

const job = ({ poll }: { readonly poll: (handle: Json) => Promise<JobStatus> }): Operation =>
  defineJob({
    name: 'train',
    description: 'for tests',
    input: z.object({}),
    submit: async () => 'job-1',
    poll: async ({ handle }) => poll(handle),
    polling: { initialIntervalMs: 100, backoffMultiplier: 3, maxIntervalMs: 2_000 },
  });

/** A poll of the job, as the activity ends. */
const pollJob = async (poll: () => Promise<JobStatus>, info: AttemptChange['info'] = {}) =>
  beginAttempt(job({ poll }), { type: 'train.poll', info }).result;

const running = async (): Promise<JobStatus> => ({ done: false });
const throwing = (error: Error) => async () => Promise.reject(error);

describe('a poll that cannot be read', () => {
  const garbled = throwing(new SyntaxError('Unexpected token <'));
  const after = (unread: number) => ({ heartbeatDetails: { fraction: 0.5, unread } });

  test.each([
    [0, 1_000],
    [1, 2_000],
    [4, 16_000],
  ])('after %d others in a row is repeated after %d ms', async (unread, nextRetryDelay) => {
    const attempt = beginAttempt(job({ poll: garbled }), {
      type: 'train.poll',
      info: after(unread),
    });
    await expect(attempt.result).rejects.toMatchObject({
      type: 'INTERNAL',
      message: 'Unexpected token <',
      nonRetryable: false,
      nextRetryDelay,
    });
    expect(attempt.beats).toEqual([{ fraction: 0.5, unread: unread + 1 }]);
  });

  test('as the sixth in a row is the last, and leaves a job that may go on', async () => {
    await expect(pollJob(garbled, after(5))).rejects.toMatchObject({
      type: 'INTERNAL',
      message: 'Unexpected token <; 6 polls in a row said nothing about the job',
      nonRetryable: true,
      details: [{ jobMayRun: true }],
    });
  });

  test('is not counted after one that can be', async () => {
    const attempt = beginAttempt(job({ poll: running }), { type: 'train.poll', info: after(5) });
    await expect(attempt.result).rejects.toMatchObject({ type: 'JOB_RUNNING' });
    expect(attempt.beats).toEqual([{ fraction: 0.5, unread: 0 }]);
  });

  test('is none where the operation says how the job failed', async () => {
    const attempt = beginAttempt(
      job({ poll: throwing(new OperationError('UPSTREAM_REJECTED', 'it failed')) }),
      { type: 'train.poll', info: after(0) },
    );
    const failure: unknown = await attempt.result.catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ type: 'UPSTREAM_REJECTED', nonRetryable: true });
    expect(failure).not.toHaveProperty('details.0.jobMayRun');
  });

  test('because it returned no status is one', async () => {
    await expect(pollJob(async () => ({}) as never)).rejects.toMatchObject({
      type: 'INTERNAL',
      nonRetryable: false,
      details: [{ unread: true }],
    });
  });
});

describe('a first poll that is to wait', () => {
  const late = (info: AttemptChange['info'] = {}) => {
    const polls: Json[] = [];
    const operation = job({
      poll: async (handle) => {
        polls.push(handle);
        return { done: true, result: null };
      },
    });
    const input = { handle: 'job-1', firstLookMs: 3_000 };
    return { polls, result: beginAttempt(operation, { type: 'train.poll', input, info }).result };
  };

  test('is made when the time has come', async () => {
    const { polls, result } = late();
    await expect(result).rejects.toMatchObject({ type: 'JOB_RUNNING', nextRetryDelay: 3_000 });
    expect(polls).toEqual([]);
  });

  test('is made as any other then', async () => {
    const { polls, result } = late({ attempt: 2 });
    expect(await result).toBeNull();
    expect(polls).toEqual(['job-1']);
  });
});

describe('a submit whose upstream says when it wants to be asked', () => {
  const submit = async (input: AttemptChange['input'] = {}) => {
    await using upstream = await startFakeUpstream([
      { status: 202, headers: { 'retry-after': '3' }, body: { id: 'job-1' } },
    ]);
    const parameters = { model: 'm' };
    return await beginAttempt(defineTestJob(upstream.url), {
      type: 'train.submit',
      input: { parameters, ...input },
    }).result;
  };

  test('tells it to a workflow that takes it', async () => {
    expect(await submit({ takesLateLook: true })).toEqual({
      'longhaul.late-look': { handle: 'job-1', firstLookMs: 3_000 },
    });
  });

  test('returns its handle alone to an older one', async () => {
    expect(await submit()).toBe('job-1');
  });
});

describe('a job that moves', () => {
  test('hands its new place to the next poll, which asks for it there', async () => {
    const operation = defineTestJob('http://127.0.0.1:1');
    const asked: Json[] = [];
    const steps = {
      ...operation.steps,
      poll: async ({ handle }: { readonly handle: Json }): Promise<JobStatus> => {
        asked.push(handle);
        return { done: false, handle: 'build-2' };
      },
    };
    const first = beginAttempt(
      { ...operation, steps },
      { type: 'train.poll', input: { handle: 'queue-1' } },
    );
    await expect(first.result).rejects.toMatchObject({ type: 'JOB_RUNNING' });
    expect(first.beats).toEqual([{ unread: 0, handle: 'build-2' }]);
    const next = beginAttempt(
      { ...operation, steps },
      {
        type: 'train.poll',
        input: { handle: 'queue-1' },
        info: { heartbeatDetails: first.beats[0] },
      },
    );
    await expect(next.result).rejects.toMatchObject({ type: 'JOB_RUNNING' });
    expect(asked).toEqual(['queue-1', 'build-2']);
  });
});

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { createActivities } from '../../activities/index.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { defineJob } from '../../src/operations/define-job.ts';
import { beginAttempt } from '../support/operations/attempt.ts';
import { testServices } from '../support/operations/context.ts';

const operation = (name: string) =>
  defineOperation({
    name,
    description: 'for tests',
    input: z.object({}),
    run: async () => `${name} ran`,
  });

const job = defineJob({
  name: 'train',
  description: 'for tests',
  input: z.object({}),
  submit: async () => 'job-1',
  poll: async () => ({ done: true, result: null }),
});

test('an operation has an activity for an attempt and one for a whole task, a job four for its steps', () => {
  const activities = createActivities([operation('refund'), job], {
    secret: async () => '',
    services: testServices,
    maxResultBytes: 1_000,
  });
  expect(Object.keys(activities).sort()).toEqual([
    'default',
    'refund',
    'refund.task',
    'train.callback',
    'train.cancel',
    'train.poll',
    'train.submit',
  ]);
});

describe('a type that the worker does not have', () => {
  test.each(['gone', 'gone.submit', 'gone.poll', 'gone.cancel', 'refund.poll', 'constructor'])(
    '%s is answered, so that another worker may take the next attempt',
    async (type) => {
      await expect(beginAttempt(operation('refund'), { type }).result).rejects.toMatchObject({
        type: 'UNKNOWN_TO_WORKER',
        message: `no worker knows ${type}; start one with the configuration that defines it`,
        nonRetryable: false,
      });
    },
  );
});

describe("an operation that bears the name of Temporal's default", () => {
  test('runs under its name', async () => {
    expect(await beginAttempt(operation('default')).result).toBe('default ran');
  });

  test('does not run under another', async () => {
    const attempt = beginAttempt(operation('default'), { type: 'gone' });
    await expect(attempt.result).rejects.toMatchObject({ type: 'UNKNOWN_TO_WORKER' });
  });
});

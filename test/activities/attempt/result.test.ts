import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Json } from '../../../src/contract/json.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { defineJob } from '../../../src/operations/define-job.ts';
import { beginAttempt } from '../../support/operations/attempt.ts';

const returns = (result: Json) =>
  defineOperation({
    name: 'refund',
    description: 'for tests',
    input: z.object({}),
    run: async () => result,
  });

test.each<[Json]>([
  [''],
  [null],
  [0],
  [false],
  [[]],
  [{}],
  ['日本語 \u{1F600} \u0000 \u2028'],
  [[[[[1.5e300]]]]],
  [{ '': { 'a/b~c': [null, '"\\'] } }],
])('%j passes unchanged', async (result) => {
  expect(await beginAttempt(returns(result)).result).toEqual(result);
});

describe('the largest result', () => {
  test('is counted as JSON in UTF-8', async () => {
    const full = 'é'.repeat(499); // two bytes each, and two quotes
    expect(await beginAttempt(returns(full)).result).toBe(full);
    await expect(beginAttempt(returns(`${full}x`)).result).rejects.toMatchObject({
      type: 'RESULT_TOO_LARGE',
      nonRetryable: true,
      message: 'the result has 1001 bytes; a task carries at most 1000',
      details: [{ details: { bytes: 1_001, limit: 1_000 } }],
    });
  });

  test.each([
    ['submit', 'OUTCOME_UNKNOWN'], // the job was started
    ['poll', 'RESULT_TOO_LARGE'],
  ])('holds for what %s of a job returns: %s', async (step, type) => {
    const full = 'x'.repeat(998);
    const job = (value: string) =>
      defineJob({
        name: 'train',
        description: 'for tests',
        input: z.object({}),
        submit: async () => value,
        poll: async () => ({ done: true, result: value }),
      });
    expect(await beginAttempt(job(full), { type: `train.${step}` }).result).toBe(full);
    await expect(
      beginAttempt(job(`${full}x`), { type: `train.${step}` }).result,
    ).rejects.toMatchObject({ type });
  });
});

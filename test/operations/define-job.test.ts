import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { OperationError } from '../../src/contract/errors.ts';
import { defineJob } from '../../src/operations/define-job.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { createTestContext } from '../support/operations/context.ts';

const valid = {
  name: 'refund',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string() }),
};

describe('a job', () => {
  const job = (poll: () => unknown) =>
    defineJob({
      ...valid,
      output: z.object({ n: z.int() }),
      submit: ({ orderId }) => Promise.resolve({ id: orderId }),
      poll: () => Promise.resolve(poll() as never),
    }).steps as Extract<Operation['steps'], { kind: 'job' }>;
  const look = (status: unknown) =>
    job(() => status).poll(
      { parameters: { orderId: '1' }, handle: { id: '1' } },
      createTestContext(),
    );

  test('is submitted with parsed parameters and returns its handle', async () => {
    const steps = job(() => null);
    await expect(steps.submit({ orderId: '1' }, createTestContext())).resolves.toEqual({
      handle: { id: '1' },
    });
    await expect(steps.submit({}, createTestContext())).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
    });
  });

  test.each<[string, () => unknown]>([
    ['throws without a code', () => Promise.reject(new TypeError('fetch failed'))],
    ['throws what is no error of the table', () => Promise.reject(new Error('gone'))],
    ['returns nothing', () => undefined],
    ['returns what JSON cannot carry', () => 1n],
  ])('whose submit %s may have been started', async (_, submit) => {
    const { steps } = defineJob({
      ...valid,
      submit: async () => (await submit()) as never,
      poll: () => Promise.resolve({ done: true as const, result: null }),
    });
    if (steps.kind !== 'job') throw new Error('expected a job');
    await expect(steps.submit({ orderId: '1' }, createTestContext())).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringMatching(/^submit of refund .*; a job may have been started/),
    });
  });

  test('whose submit says how it failed is believed', async () => {
    const { steps } = defineJob({
      ...valid,
      submit: () => Promise.reject(new OperationError('UPSTREAM_REJECTED', 'no such order')),
      poll: () => Promise.resolve({ done: true as const, result: null }),
    });
    if (steps.kind !== 'job') throw new Error('expected a job');
    await expect(steps.submit({ orderId: '1' }, createTestContext())).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: 'no such order',
    });
  });

  test('has decided intervals, the longest never below the first', () => {
    expect(job(() => null).polling).toEqual({
      initialIntervalMs: 1000,
      backoffMultiplier: 2,
      maxIntervalMs: 30_000,
    });
    const slow = defineJob({
      ...valid,
      submit: () => Promise.resolve(1),
      poll: () => Promise.resolve({ done: true as const, result: null }),
      polling: { initialIntervalMs: 60_000 },
    });
    expect(slow.steps).toMatchObject({ polling: { maxIntervalMs: 60_000 } });
  });

  test.each<[unknown, unknown]>([
    [{ done: false }, { done: false }],
    [
      { done: false, pollAfterMs: 0.2 },
      { done: false, pollAfterMs: 1 },
    ],
    [
      { done: true, result: { n: 1 } },
      { done: true, result: { n: 1 } },
    ],
  ])('that says %j is understood', async (status, understood) => {
    await expect(look(status)).resolves.toEqual(understood);
  });

  test.each([
    [null],
    [{}],
    [{ done: 'yes' }],
    [{ done: false, pollAfterMs: -1 }],
    [{ done: true, result: { n: 'x' } }],
  ])('that says %j fails as INTERNAL', async (status) => {
    await expect(look(status)).rejects.toMatchObject({ code: 'INTERNAL' });
  });

  test('with an interval out of bounds is refused', () => {
    const job = {
      ...valid,
      submit: () => Promise.resolve('1'),
      poll: () => Promise.reject(new Error()),
    };
    expect(() => defineJob({ ...job, polling: { initialIntervalMs: 0 } })).toThrow(
      'initialIntervalMs',
    );
    expect(() => defineJob({ ...job, polling: { backoffMultiplier: 0.5 } })).toThrow(
      'backoffMultiplier',
    );
  });
});

// What the compiler infers and refuses. Running it proves only that the definitions work; tsc proves the rest.
import { expect, test } from '@jest/globals';
import * as z from 'zod';
import { defineOperation } from '../../src/operations/define.ts';
import { defineJob } from '../../src/operations/define-job.ts';

const common = { name: 'x', description: 'An operation.', input: z.object({ n: z.int() }) };

test('run gets what the input schema yields', () => {
  const operation = defineOperation({
    ...common,
    input: z.object({ n: z.int(), unit: z.string().default('kg') }),
    run: ({ n, unit }) => {
      const typed: [number, string] = [n, unit];
      return typed[0];
    },
  });
  expect(operation.steps.kind).toBe('run');
  // @ts-expect-error n is a number
  defineOperation({ ...common, run: ({ n }) => n satisfies string });
  // @ts-expect-error there is no m
  defineOperation({ ...common, run: ({ m }) => m === 1 });
});

test('run returns what the output schema takes', () => {
  const output = z.object({ total: z.number() });
  expect(
    defineOperation({ ...common, output, run: () => ({ total: 1 }) }).outputSchema,
  ).not.toBeNull();
  // @ts-expect-error total is a number
  defineOperation({ ...common, output, run: () => ({ total: '1' }) });
  // @ts-expect-error a function is no JSON
  defineOperation({ ...common, run: () => () => null });
});

test('poll and cancel get the handle that submit returns', () => {
  const job = {
    ...common,
    submit: () => Promise.resolve({ id: 'a' }),
    cancel: ({ handle }: { handle: { id: string } }) => {
      expect(handle.id).toBe('a');
      return Promise.resolve();
    },
  };
  const done = { done: true as const, result: null };
  const operation = defineJob({
    ...job,
    poll: ({ handle, parameters }) =>
      Promise.resolve({ ...done, result: handle.id + String(parameters.n) }),
  });
  expect(operation.steps.kind).toBe('job');
  const look = (handle: number) => Promise.resolve({ ...done, result: handle });
  // @ts-expect-error the handle is no number
  defineJob({ ...job, poll: ({ handle }) => look(handle) });
  // @ts-expect-error a status is done or not
  defineJob({ ...job, poll: () => Promise.resolve({ result: null }) });
});

test('deriveKey and policy are checked', () => {
  expect(
    defineOperation({ ...common, run: () => null, deriveKey: ({ n }) => String(n) }).name,
  ).toBe('x');
  // @ts-expect-error a key is a string
  defineOperation({ ...common, run: () => null, deriveKey: ({ n }) => n });
  // @ts-expect-error no limit of this name
  expect(() => defineOperation({ ...common, run: () => null, policy: { timeout: 1 } })).toThrow();
});

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { OperationError } from '../../src/contract/errors.ts';
import { parseJson } from '../../src/contract/json/exact-number.ts';
import { defineOperation } from '../../src/operations/define.ts';
import type { Operation } from '../../src/operations/operation.ts';
import { createTestContext } from '../support/operations/context.ts';

const valid = {
  name: 'refund',
  description: 'Refunds an order.',
  input: z.object({ orderId: z.string() }),
  run: () => null,
};

function run(operation: Operation, parameters: never) {
  if (operation.steps.kind !== 'run') throw new Error('not an operation of one attempt');
  return operation.steps.run(parameters, createTestContext());
}

function failureOf(act: () => unknown): OperationError {
  try {
    act();
  } catch (error) {
    return error as OperationError;
  }
  throw new Error('it did not fail');
}

describe('a definition is refused', () => {
  test.each<[string, object, string]>([
    ['for a name with a space', { name: 'my refund' }, 'use letters, digits'],
    ['for a name beginning with a digit', { name: '1st' }, 'use letters, digits'],
    ['for a name of 65 characters', { name: 'a'.repeat(65) }, 'at most 64'],
    ['for an empty description', { description: ' ' }, 'a model chooses by it'],
    ['for an unknown limit', { policy: { timeout: 3 } }, 'timeout'],
    ['for a limit out of bounds', { policy: { totalTimeoutSeconds: 0 } }, 'totalTimeoutSeconds'],
    ['for a date', { input: z.object({ at: z.date() }) }, 'strings for dates'],
    [
      'for a transform',
      { input: z.object({ n: z.string().transform(Number) }) },
      'its input cannot be shown as JSON Schema',
    ],
    ['for a bigint', { input: z.object({ n: z.bigint() }) }, 'cannot be shown'],
    ['for an input that is no object', { input: z.string() }, 'its input must be an object'],
    ['for a schema of another library', { input: { parse: () => null } }, 'no schema of zod 4'],
    ['for a date in the output', { output: z.date() }, 'its output cannot be shown'],
  ])('%s', (_, change, sentence) => {
    expect(() => defineOperation({ ...valid, ...change })).toThrow(TypeError);
    expect(() => defineOperation({ ...valid, ...change })).toThrow(sentence);
  });
});

describe('the shown schema', () => {
  test('has defaults as optional and says that unknown fields are refused', () => {
    const { inputSchema } = defineOperation({
      ...valid,
      input: z.object({ a: z.string().default('x'), deep: z.object({ b: z.int() }) }),
    });
    expect(inputSchema).toMatchObject({
      type: 'object',
      required: ['deep'],
      additionalProperties: false,
      properties: { deep: { additionalProperties: false } },
    });
  });

  test('leaves an object open that the author opened', () => {
    const { inputSchema } = defineOperation({ ...valid, input: z.looseObject({ a: z.string() }) });
    expect(inputSchema['additionalProperties']).toEqual({});
  });

  test('of a union of objects says that it is an object', () => {
    const input = z.discriminatedUnion('by', [
      z.object({ by: z.literal('id'), id: z.string() }),
      z.object({ by: z.literal('name'), name: z.string() }),
    ]);
    expect(defineOperation({ ...valid, input }).inputSchema['type']).toBe('object');
  });
});

describe('parameters', () => {
  const operation = defineOperation({
    ...valid,
    input: z.object({
      customer: z.string(),
      month: z.string().regex(/^\d{4}-\d\d$/),
      options: z.object({ deep: z.boolean().optional() }).optional(),
    }),
  });

  test('are refused with every path at once and the schema', () => {
    const error = failureOf(() => {
      operation.accept({ month: 'May', colour: 'red' });
    });
    expect(error).toMatchObject({
      code: 'INVALID_PARAMETERS',
      details: {
        issues: [
          { path: '/customer' },
          { path: '/month' },
          { path: '/colour', message: 'unknown field' },
        ],
        input_schema: operation.inputSchema,
      },
    });
    expect(error.message).toContain('parameters of refund: /customer: ');
  });

  test('that code could not read to the last digit are refused, never rounded', () => {
    const input = z.object({ id: z.number(), more: z.json() });
    const operation = defineOperation({ ...valid, input });
    const sent = parseJson('{"id":9007199254740993,"more":[{"a/b":0.12345678901234567890}]}');
    const { code, message, details } = failureOf(() => {
      operation.accept(sent as never);
    });
    expect(code).toBe('INVALID_PARAMETERS');
    expect(message).toContain('/id: this number has more digits');
    expect(details).toMatchObject({ issues: [{ path: '/id' }, { path: '/more/0/a~1b' }] });
  });

  test('are held against a pattern in bounded time', () => {
    const text = z.string().regex(/^([a-z0-9]+[ -]?)+$/i);
    const operation = defineOperation({ ...valid, input: z.object({ all: z.array(text) }) });
    operation.accept({ all: ['A-b c'] });
    const { message } = failureOf(() => {
      operation.accept({ all: [`${'A'.repeat(50_000)}!`] });
    });
    expect(message).toContain('/all/0: Invalid string: must match pattern /^([a-z0-9]+[ -]?)+$/i');
  });

  test('are refused for an unknown field that zod would strip', () => {
    const parameters = { customer: 'a', month: '2026-05', options: { deep: true, 'a/b': 1 } };
    expect(
      failureOf(() => {
        operation.accept(parameters);
      }),
    ).toMatchObject({
      details: { issues: [{ path: '/options/a~1b', message: 'unknown field' }] },
    });
  });

  test.each([[null], [[]], ['text'], [3]])(
    'that are %j are refused without a path',
    (parameters) => {
      expect(
        failureOf(() => {
          operation.accept(parameters);
        }).message,
      ).toMatch(/^parameters of refund: Invalid input/);
    },
  );

  test('that fit no branch of a union say why for each', () => {
    const either = defineOperation({
      ...valid,
      input: z.object({ id: z.union([z.int(), z.object({ name: z.string() })]) }),
    });
    expect(
      failureOf(() => {
        either.accept({ id: {} });
      }).message,
    ).toContain('| or /name: ');
  });

  test('with a thousand mistakes get an answer of bounded length', () => {
    const many = defineOperation({ ...valid, input: z.object({ ids: z.array(z.int()) }) });
    const error = failureOf(() => {
      many.accept({ ids: Array.from({ length: 1000 }, () => 'x') });
    });
    expect(error.message).toContain('and 980 more');
    expect(JSON.stringify(error.details).length).toBeLessThan(5000);
  });
});

describe('results', () => {
  test('keep every digit that the author gives them', async () => {
    const result = parseJson('{"id":9007199254740993}') as never;
    const open = defineOperation({ ...valid, run: () => result });
    expect(JSON.stringify(await run(open, { orderId: '1' } as never))).toBe(
      '{"id":9007199254740993}',
    );
    for (const id of [z.number(), z.json()]) {
      const output = z.object({ id });
      const closed = defineOperation({ ...valid, output, run: () => result });
      await expect(run(closed, { orderId: '1' } as never)).rejects.toMatchObject({
        code: 'INTERNAL',
        message: expect.stringContaining('does not fit its output schema'),
      });
    }
  });

  test('are parsed by the output schema', async () => {
    const operation = defineOperation({
      ...valid,
      output: z.object({ n: z.int() }),
      run: () => ({ n: 1.5 }),
    });
    await expect(run(operation, { orderId: '1' } as never)).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  test('of any JSON pass without a schema, and no result is null', async () => {
    const nothing = defineOperation({ ...valid, run: () => undefined as never });
    await expect(run(nothing, { orderId: '1' } as never)).resolves.toBeNull();
    const dated = defineOperation({ ...valid, run: () => ({ at: new Date(0) }) as never });
    await expect(run(dated, { orderId: '1' } as never)).resolves.toEqual({
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test('that JSON cannot carry are refused', async () => {
    const operation = defineOperation({ ...valid, run: () => ({ n: 1n }) as never });
    await expect(run(operation, { orderId: '1' } as never)).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('JSON cannot carry'),
    });
  });

  test('keep the code of an OperationError that the author throws', async () => {
    const operation = defineOperation({
      ...valid,
      run: () => {
        throw new OperationError('RATE_LIMITED', 'slowly', { retryAfterMs: 5 });
      },
    });
    await expect(run(operation, { orderId: '1' } as never)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
    });
  });
});

test('an operation has the tags that it is given, and none that is no word', () => {
  const definition = { name: 'op', description: 'd', input: z.object({}), run: () => null };

  expect(defineOperation(definition).tags).toEqual([]);
  expect(defineOperation({ ...definition, tags: ['finance', 'öl_2'] }).tags).toHaveLength(2);
  expect(() => defineOperation({ ...definition, tags: ['two words'] })).toThrow(/letters, digits/);
});

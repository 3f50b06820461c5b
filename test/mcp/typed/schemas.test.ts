import { describe, expect, test } from '@jest/globals';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { JsonObject } from '../../../src/contract/json.ts';
import { toTypedInput } from '../../../src/mcp/typed/input-schema.ts';
import { toTypedOutput } from '../../../src/mcp/typed/output-schema.ts';
import type { TaskAnswer } from '../../../src/tasks/answer.ts';
import { toInputSchema, toOutputSchema } from '../../../src/operations/schema/schema.ts';

const fits = async (schema: object | null | undefined, value: unknown) =>
  !('issues' in (await fromJsonSchema(schema as never)['~standard'].validate(value)));

describe('the input schema', () => {
  test.each([
    ['a plain object', z.object({ a: z.string() }), { a: 'x' }],
    [
      'alternatives',
      z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
      { b: '' },
    ],
    [
      'alternatives told apart by a field',
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') })]),
      { kind: 'a' },
    ],
    [
      'alternatives within alternatives',
      z.union([
        z.union([z.object({ a: z.string() }), z.object({ b: z.string() })]),
        z.object({ c: z.string() }),
      ]),
      { a: '' },
    ],
  ])('of %s admits the parameters with a key and without', async (_, input, parameters) => {
    const { schema } = toTypedInput('op', toInputSchema('op', input));
    expect(await fits(schema, parameters)).toBe(true);
    expect(await fits(schema, { ...parameters, idempotency_key: 'k-1' })).toBe(true);
    expect(await fits(schema, { ...parameters, idempotency_key: 5 })).toBe(false);
    expect(await fits(schema, { ...parameters, other: 1 })).toBe(false);
  });

  test('of alternatives by reference admits a key, and leaves the definition as it was', async () => {
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      additionalProperties: false,
    };
    const inputSchema = { type: 'object', anyOf: [{ $ref: '#/$defs/a' }], $defs: { a: closed } };
    const { schema } = toTypedInput('op', inputSchema);
    expect(await fits(schema, { a: 'x', idempotency_key: 'k' })).toBe(true);
    expect(schema['$defs']).toEqual({ a: closed });
  });

  test('that refers to itself at the same place ends', () => {
    const inputSchema = {
      type: 'object',
      anyOf: [{ $ref: '#/$defs/a' }],
      $defs: { a: { type: 'object', anyOf: [{ $ref: '#/$defs/a' }] } },
    };
    expect(() => toTypedInput('op', inputSchema)).not.toThrow();
  });

  test.each([
    z.object({ idempotency_key: z.string() }),
    z.union([z.object({ a: z.string() }), z.object({ idempotency_key: z.string() })]),
  ])('with a parameter of the name of the key is refused, with the ways out', (input) => {
    expect(() => toTypedInput('pay', toInputSchema('pay', input))).toThrow(
      /operation pay: its parameter idempotency_key .*rename it.*tools\.operations.*tools\.typed/,
    );
  });

  test('tells null as a value from null for absent', () => {
    const input = z.object({
      text: z.string().optional(),
      limit: z.number().nullable(),
      mode: z.union([z.literal('a'), z.null()]),
      choice: z.enum(['a', 'b']).optional(),
      only: z.literal(1).optional(),
      any: z.json(),
    });
    const { keepsNull } = toTypedInput('op', toInputSchema('op', input));
    const names = [...Object.keys(input.shape), 'idempotency_key', 'unknown'];
    expect(names.filter(keepsNull)).toEqual(['limit', 'mode', 'any']);
  });
});

describe('the output schema', () => {
  const handle: TaskAnswer = {
    task_ref: 'r',
    operation_type: 'op',
    status: 'input_required',
    done: false,
    created_at: '',
    updated_at: '',
    deadline: '',
    expires_at: null,
    attempt: null,
    progress: null,
    input_requests: { a: { message: 'm', requested_schema: { type: 'object' } } },
    result: null,
    error: null,
    poll_after_ms: 1,
    next_step: '',
  };
  interface Tree {
    readonly name: string;
    readonly children: readonly Tree[];
  }
  const tree: z.ZodType<Tree> = z.lazy(() =>
    z.object({ name: z.string(), children: z.array(tree) }),
  );
  const node = z.object({
    name: z.string(),
    get next() {
      return node.nullable();
    },
  });
  const grown = { name: 'a', children: [{ name: 'b', children: [] }] };

  test.each([
    ['a plain object', z.object({ pages: z.number() }), { pages: 1 }, { pages: 'x' }],
    ['a recursive object', tree, grown, { name: 'a', children: [{ name: 'b' }] }],
    [
      'an object that contains itself',
      node,
      { name: 'a', next: { name: 'b', next: null } },
      { name: 'a', next: { name: 1 } },
    ],
    ['an object with definitions', z.object({ tree }), { tree: grown }, { tree: { name: 'a' } }],
  ])('of %s admits its results and handles, and nothing else', async (_, output, good, bad) => {
    const schema = toTypedOutput(toOutputSchema('op', output));
    expect(schema).toMatchObject({
      type: 'object',
      anyOf: [expect.any(Object), expect.any(Object)],
    });
    expect(JSON.stringify(schema)).not.toMatch(/"oneOf":\[\{"(type":"object"|\$ref)/);
    expect(await fits(schema, good)).toBe(true);
    expect(await fits(schema, handle)).toBe(true);
    expect(await fits(schema, bad)).toBe(false);
  });

  test('does not take a name that a definition has already', async () => {
    const outputSchema: JsonObject = {
      type: 'object',
      properties: { it: { $ref: '#/$defs/result' }, self: { $ref: '#' } },
      $defs: { result: { type: 'number' } },
      additionalProperties: false,
    };
    const schema = toTypedOutput(outputSchema);
    expect(await fits(schema, { it: 1, self: { it: 2 } })).toBe(true);
    expect(await fits(schema, { it: 'x' })).toBe(false);
    expect(await fits(schema, { self: { it: 'x' } })).toBe(false);
  });

  test.each([z.string(), z.array(z.number()), z.union([z.object({}), z.null()])])(
    'is left out where results need not be objects',
    (output) => {
      expect(toTypedOutput(toOutputSchema('op', output))).toBeNull();
    },
  );

  test('is left out where any result may come', () => {
    expect(toTypedOutput(null)).toBeNull();
  });
});

// What clients refuse in tools, as a table, and that nothing of ours is among it.
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { findClientProblems } from '../../src/mcp/client-rules.ts';
import { toPublished } from '../../src/mcp/published.ts';
import { builtinOperations } from '../../src/operations/builtin/index.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { readInputSchema } from '../../src/operations/schema/read.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';

const object = (properties: JsonObject): JsonObject => ({ type: 'object', properties });

describe('a client refuses', () => {
  test.each<[string, string, JsonObject, string, string]>([
    ['a property without a type', 'op', object({ a: {} }), 'Gemini CLI', '/properties/a'],
    [
      'an array without items',
      'op',
      object({ a: { type: 'array' } }),
      'OpenAI and Gemini',
      '/properties/a',
    ],
    [
      'a list of types',
      'op',
      object({ a: { type: ['string', 'null'] } }),
      'Gemini',
      '/properties/a',
    ],
    [
      'lookaround',
      'op',
      object({ a: { type: 'string', pattern: '^(?!x)' } }),
      'OpenAI and Gemini',
      '/properties/a',
    ],
    ['a key with a space', 'op', object({ 'a b': { type: 'string' } }), 'Anthropic', ''],
    [
      'a key of 65 characters',
      'op',
      object({ ['k'.repeat(65)]: { type: 'string' } }),
      'Anthropic',
      '',
    ],
    [
      'alternatives at the top',
      'op',
      { type: 'object', oneOf: [object({})] },
      'Anthropic and OpenAI',
      '',
    ],
    ['a long name', 'n'.repeat(50), object({}), 'Claude Code', ''],
  ])('%s', (_, name, schema, client, place) => {
    expect(findClientProblems(name, schema)).toMatchObject([{ client, place }]);
  });
});

test('every tool of ours is clean, and every built-in operation (clients.md 34)', async () => {
  const awkward = defineOperation({
    name: 'awkward',
    description: 'Has everything that zod can say.',
    input: z.union([
      z.object({
        kind: z.literal('a'),
        any: z.unknown(),
        json: z.json(),
        many: z.array(z.unknown()),
        mail: z.email(),
        maybe: z.string().nullable(),
      }),
      z.object({ kind: z.literal(7), pair: z.tuple([z.string(), z.number()]) }),
    ]),
    run: () => null,
  });
  const registry = createRegistry([...builtinOperations(), awkward]);
  const face = createFace({ registry, takesCallbackUrl: true });
  await using client = await connectClient('client 2.4 modern', face.target);
  const tools = await client.listTools();
  expect(tools.length).toBeGreaterThan(9);
  const problems = tools.map(({ name, inputSchema }) => [
    name,
    findClientProblems(name, inputSchema as JsonObject),
  ]);
  expect(problems).toEqual(tools.map(({ name }) => [name, []]));
});

describe('what is published admits what the operation admits:', () => {
  test.each<[string, JsonObject, Json]>([
    ['anything', { properties: { a: {} } }, { a: [[1, null], { b: 'c' }] }],
    [
      'a list of types',
      { properties: { a: { type: ['string', 'null'], maxLength: 3 } } },
      { a: null },
    ],
    ['a bare array', { properties: { a: { type: 'array', maxItems: 2 } } }, { a: ['x', 1] }],
    ['values of two types', { properties: { a: { enum: ['x', 1, null] } } }, { a: 1 }],
    [
      'alternatives at the top',
      {
        anyOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { $ref: '#/$defs/b' },
        ],
        $defs: {
          b: {
            type: 'object',
            properties: { a: { type: 'integer' }, b: {} },
            required: ['a', 'b'],
          },
        },
      },
      { a: 1, b: true },
    ],
    [
      'all of two',
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'string' } } },
        ],
      },
      { a: 'x', b: 'y' },
    ],
  ])('%s', (_, source, value) => {
    const { shown, schema } = readInputSchema(source);
    const published = toPublished(shown);
    expect(findClientProblems('op', published)).toEqual([]);
    expect(schema.safeParse(value).success).toBe(true);
    const admitted = z.fromJSONSchema(published).safeParse(value);
    expect(admitted.error?.issues ?? []).toEqual([]);
  });

  test('alternatives become one object that requires what all of them do', () => {
    const one = {
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'null' } },
      required: ['a', 'b'],
      additionalProperties: false,
    };
    const other = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    };
    expect(toPublished({ type: 'object', oneOf: [one, other], description: 'd' })).toEqual({
      type: 'object',
      description: 'd',
      properties: { a: { type: 'string' }, b: { type: 'null' } },
      required: ['a'],
      additionalProperties: false,
    });
  });
});

import { describe, expect, test } from '@jest/globals';
import { parseJson } from '../../../src/contract/json/exact-number.ts';
import type { Json, JsonObject } from '../../../src/contract/json.ts';
import { readInputSchema, readOutputSchema } from '../../../src/operations/schema/read.ts';

describe('the JSON Schema of parameters', () => {
  test('is shown as written, with what is implied said', () => {
    const source = {
      properties: {
        month: {
          type: 'string',
          pattern: '^\\d{4}',
          description: 'The month.',
          examples: ['2026-05'],
        },
        options: { type: 'object', properties: { deep: { type: 'boolean' } } },
      },
      required: ['month'],
    };
    expect(readInputSchema(source).shown).toEqual({
      type: 'object',
      ...source,
      properties: {
        month: source.properties.month,
        options: { ...source.properties.options, additionalProperties: false },
      },
      additionalProperties: false,
    });
  });

  test.each<[JsonObject, Json, boolean]>([
    [{}, {}, true],
    [{}, { a: 1 }, false],
    [{ additionalProperties: true }, { a: 1 }, true],
    [{ properties: { a: { type: 'integer', minimum: 1 } } }, { a: 1 }, true],
    [{ properties: { a: { type: 'integer', minimum: 1 } } }, { a: 0 }, false],
    [{ properties: { a: { type: 'integer' } } }, { a: 1.5 }, false],
    [{ properties: { a: { type: 'integer' } } }, { a: '1' }, false],
    [{ properties: { a: { type: 'string' } }, required: ['a'] }, {}, false],
    [{ properties: { a: { type: ['string', 'null'] } } }, { a: null }, true],
    [{ properties: { a: { enum: ['x', 1, null] } } }, { a: null }, true],
    [{ properties: { a: { enum: ['x', 1] } } }, { a: 'y' }, false],
    [{ properties: { a: { const: 7 } } }, { a: 8 }, false],
    [
      { properties: { a: { type: 'array', uniqueItems: true, items: { type: 'string' } } } },
      { a: ['x', 'x'] },
      false,
    ],
    [{ properties: { a: { type: 'object', properties: { b: {} } } } }, { a: { c: 1 } }, false],
    [
      { properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer' }] } } },
      { a: true },
      false,
    ],
    [
      { properties: { a: { $ref: '#/$defs/n' } }, $defs: { n: { type: 'integer' } } },
      { a: 'x' },
      false,
    ],
    [{ properties: { a: { type: 'string', format: 'date' } } }, { a: '2026-02-30' }, false],
    [{ properties: { a: { type: 'string', minLength: 2 } } }, { a: 'x' }, false],
    [
      {
        properties: {
          a: {
            allOf: [
              { type: 'object', properties: { b: { type: 'string' } } },
              { type: 'object', properties: { c: { type: 'string' } } },
            ],
          },
        },
      },
      { a: { b: 'x', c: 'y' } },
      true,
    ],
  ])('%j judges %j: %j', (source, value, fits) => {
    expect(readInputSchema(source).schema.safeParse(value).success).toBe(fits);
  });

  test.each<[string, string, boolean]>([
    ['{"type":"number"}', '9007199254740993', true],
    ['{"type":"integer"}', '9007199254740993', true],
    ['{"type":"integer"}', '9007199254740994', true],
    ['{"type":"integer"}', '1e400', true],
    ['{"type":"integer"}', '9007199254740993.5', false],
    ['{"type":"string"}', '9007199254740993', false],
    ['{"type":"object"}', '9007199254740993', false],
    ['{"type":["string","integer"]}', '9007199254740993', true],
    ['{"type":"number","maximum":9007199254740992}', '9007199254740993', false],
    ['{"type":"number","maximum":9007199254740993}', '9007199254740993', true],
    ['{"type":"number","exclusiveMaximum":9007199254740993}', '9007199254740992', true],
    ['{"type":"number","exclusiveMaximum":9007199254740993}', '9007199254740993.0', false],
    ['{"type":"number","minimum":-9007199254740992}', '-9007199254740993', false],
    ['{"type":"number","exclusiveMinimum":0}', '0.00000000000000000001', true],
    ['{"type":"integer","multipleOf":3}', '9007199254740993', true],
    ['{"type":"integer","multipleOf":2}', '9007199254740993', false],
    ['{"type":"number","multipleOf":0.1}', '0.3', true],
    ['{"type":"number","multipleOf":0.1}', '0.35', false],
    ['{"enum":[9007199254740993,"x"]}', '9007199254740993', true],
    ['{"enum":[9007199254740993,"x"]}', '"x"', true],
    ['{"enum":[9007199254740993,"x"]}', '9007199254740992', false],
    ['{"const":9007199254740993}', '9007199254740994.0', false],
    ['{"enum":[9007199254740992]}', '9007199254740993', false],
    ['{"type":"array","uniqueItems":true}', '[9007199254740993,9007199254740992]', true],
    ['{"type":"array","uniqueItems":true}', '[9007199254740993,9007199254740993.0]', false],
    ['{"type":"array","contains":{"const":9007199254740993}}', '[9007199254740992]', false],
    ['{"anyOf":[{"type":"string"},{"type":"array","items":{}}]}', '[9007199254740993]', true],
  ])('%s judges the digits %s: %s', (property, value, fits) => {
    const { schema } = readInputSchema({
      properties: { a: parseJson(property) as Json },
      required: ['a'],
    });
    const sent = parseJson(`{"a":${value}}`);
    const parsed = schema.safeParse(sent);
    expect(parsed.success).toBe(fits);
    expect(JSON.stringify(parsed.data ?? sent)).toBe(JSON.stringify(sent));
  });

  test('fills in a default with all its digits', () => {
    const property = parseJson('{"type":"integer","default":9007199254740993}') as Json;
    const { schema } = readInputSchema({ properties: { n: property } });
    expect(JSON.stringify(schema.parse({}))).toBe('{"n":9007199254740993}');
  });

  test('takes a bounded time for a pattern, and none for what is too long', () => {
    const slow = { type: 'string', pattern: '^([A-Za-z0-9]+[ -]?)+$', maxLength: 100_000 };
    const { schema } = readInputSchema({ properties: { a: slow } });
    expect(schema.safeParse({ a: `${'a'.repeat(50_000)}!` }).success).toBe(false);
    expect(schema.safeParse({ a: 'a'.repeat(50_000) }).success).toBe(true);
    const { error } = schema.safeParse({ a: `${'a'.repeat(100_000)}!` });
    expect(error?.issues).toMatchObject([{ code: 'too_big' }]);
  });

  test('fills in defaults', () => {
    const { schema } = readInputSchema({ properties: { n: { type: 'integer', default: 3 } } });
    expect(schema.parse({})).toEqual({ n: 3 });
  });

  test.each<[string, JsonObject]>([
    ['/type', { type: 'string' }],
    ['/$schema', { $schema: 'http://json-schema.org/draft-04/schema#' }],
    ['/required', { properties: { a: {} }, required: ['b'] }],
    ['/properties/a/minimum', { properties: { a: { type: 'string', minimum: 1 } } }],
    ['/properties/a/minimum', { properties: { a: { minimum: 1 } } }],
    ['/properties/a/maxLength', { properties: { a: { enum: ['x'], maxLength: 1 } } }],
    ['/properties/a/type', { properties: { a: { type: 'text' } } }],
    ['/properties/a/format', { properties: { a: { type: 'string', format: 'phone' } } }],
    ['/properties/a/not', { properties: { a: { not: { type: 'string' } } } }],
    ['/if', { if: {}, then: {} }],
    ['/patternProperties', { patternProperties: { '^x': {} } }],
    [
      '/properties/a/items/nonsense',
      { properties: { a: { type: 'array', items: { nonsense: 1 } } } },
    ],
    ['/properties/a/anyOf/1/minimum', { properties: { a: { anyOf: [{}, { minimum: 1 }] } } }],
    ['/properties/a/const', { properties: { a: { const: { b: 1 } } } }],
    ['/properties/a', { properties: { a: 'string' } }],
    ['#/$defs/missing', { properties: { a: { $ref: '#/$defs/missing' } } }],
    ['regular expression', { properties: { a: { type: 'string', pattern: '(' } } }],
    ['lookaround', { properties: { a: { type: 'string', pattern: '^(?!x)' } } }],
    ['backreferences', { properties: { a: { type: 'string', pattern: '(a)\\1' } } }],
    ['/properties/a/minimum', { properties: { a: { type: 'number', minimum: '1' } } }],
    ['/properties/a/maxLength', { properties: { a: { type: 'string', maxLength: 1.5 } } }],
  ])('is refused at %s', (place, source) => {
    expect(() => readInputSchema(source)).toThrow(TypeError);
    expect(() => readInputSchema(source)).toThrow(place);
  });
});

test('the JSON Schema of a result may be of any type, and admits unknown fields', () => {
  expect(readOutputSchema({ type: 'string' }).schema.safeParse('x').success).toBe(true);
  const { schema } = readOutputSchema({ type: 'object', properties: { a: { type: 'string' } } });
  expect(schema.parse({ a: 'x', b: 1 })).toEqual({ a: 'x', b: 1 });
});

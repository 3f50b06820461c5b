import { describe, expect, test } from '@jest/globals';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { readInputSchema, readOutputSchema } from '../../src/operations/json-schema.ts';

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

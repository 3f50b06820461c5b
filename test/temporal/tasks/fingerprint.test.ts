import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../../src/contract/json/exact-number.ts';
import { isJsonObject, type Json } from '../../../src/contract/json.ts';
import { toFingerprint } from '../../../src/temporal/tasks/fingerprint.ts';

describe('equal requests have one fingerprint', () => {
  test.each<[string, Json, Json]>([
    ['order of keys', { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      'spelling of numbers',
      JSON.parse('[1, 1e3, 0.1]') as Json,
      JSON.parse('[1.0, 1000, 1e-1]') as Json,
    ],
    [
      'spelling of numbers beyond 2^53',
      parseJson('{"id":9007199254740993.0,"a":1}') as Json,
      parseJson('{"a":1.0,"id":900719925474099.3e1}') as Json,
    ],
    ['negative zero', 0, -0],
    ['escapes', JSON.parse('"\\u00e9\\/"') as Json, 'é/'],
  ])('whatever the %s', (_, one, other) => {
    expect(toFingerprint('work', one)).toBe(toFingerprint('work', other));
  });

  test('whatever their parameters, however the keys are ordered', () => {
    const reversed = (value: Json): Json =>
      Array.isArray(value)
        ? value.map(reversed)
        : isJsonObject(value)
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, child]) => [key, reversed(child)]),
            )
          : value;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const parameters = value as Json;
        expect(toFingerprint('work', reversed(parameters))).toBe(toFingerprint('work', parameters));
      }),
    );
  });
});

const exact = (text: string): [string, Json] => ['a', parseJson(text) as Json];

describe('different requests have different fingerprints', () => {
  test.each<[string, [string, Json], [string, Json]]>([
    ['operations', ['a', {}], ['b', {}]],
    ['an absent and a null field', ['a', {}], ['a', { x: null }]],
    ['a number and its text', ['a', { x: 1 }], ['a', { x: '1' }]],
    ['composed and decomposed letters', ['a', 'é'], ['a', 'e\u0301']],
    ['the order of a list', ['a', [1, 2]], ['a', [2, 1]]],
    ['neighbouring numbers', ['a', 0.1 + 0.2], ['a', 0.3]],
    ['numbers beyond 2^53', exact('{"x":725653563933458433}'), exact('{"x":725653563933458434}')],
    ['one of them and null', exact('{"x":725653563933458433}'), ['a', { x: null }]],
    [
      'one of them and what it is kept in',
      exact('{"x":725653563933458433}'),
      ['a', { x: { rawJSON: '725653563933458433' } }],
    ],
    ['the places of two', exact('[725653563933458433,null]'), exact('[null,725653563933458433]')],
  ])('for %s', (_, one, other) => {
    expect(toFingerprint(...one)).not.toBe(toFingerprint(...other));
  });
});

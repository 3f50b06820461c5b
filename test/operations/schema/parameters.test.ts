import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { checkJsonShape } from '../../../src/operations/schema/parameters.ts';

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

describe('parameters', () => {
  test('of every ordinary shape pass', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5, noUnicodeString: false }), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(() => {
          checkJsonShape(value);
        }).not.toThrow();
      }),
    );
  });

  test.each([
    ['{"__proto__":{"x":1}}', '/__proto__'],
    ['{"a":[{"b":{"__proto__":null}}]}', '/a/0/b/__proto__'],
    ['{"a/b":{"constructor":{"prototype":{}}}}', '/a~1b/constructor/prototype'],
  ])('%s is refused with its path', (json, path) => {
    expect(() => {
      checkJsonShape(JSON.parse(json));
    }).toThrow(
      expect.objectContaining({
        code: 'INVALID_PARAMETERS',
        details: { issues: [{ path, message: 'this key is not allowed' }] },
      }),
    );
  });

  test.each([
    ['{"to":["a","b\\ud800"]}', '/to/1'],
    ['{"to":{"\\udfff":1}}', '/to/\ufffd'],
  ])('%s holds half a character, and is refused with its path', (json, path) => {
    const message = 'holds half a surrogate pair, which is no character';
    const details = { issues: [{ path, message }] };
    expect(() => {
      checkJsonShape(JSON.parse(json));
    }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS', details }));
  });

  test.each([
    ['{"constructor":"Acme Ltd"}'],
    ['{"prototype":{"a":1}}'],
    ['{"constructor":{"name":"x"}}'],
  ])('%s is ordinary data', (json) => {
    expect(() => {
      checkJsonShape(JSON.parse(json));
    }).not.toThrow();
  });

  test('may be nested 64 deep, and no deeper', () => {
    expect(() => {
      checkJsonShape(nested(64));
    }).not.toThrow();
    expect(() => {
      checkJsonShape(nested(65));
    }).toThrow('is nested deeper than 64');
  });

  test('nested half a million times are refused without overflowing the stack', () => {
    let value: unknown = null;
    for (let depth = 0; depth < 500_000; depth += 1) value = [value];
    expect(() => {
      checkJsonShape(value);
    }).toThrow('is nested deeper than 64');
  });
});

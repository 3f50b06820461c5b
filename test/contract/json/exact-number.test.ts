import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  compareDecimals,
  isInteger,
  isMultipleOf,
  parseDecimal,
  toDecimalText,
} from '../../../src/contract/json/decimal.ts';
import { isDeeperThan } from '../../../src/contract/json/depth.ts';
import { isExactNumber, parseJson } from '../../../src/contract/json/exact-number.ts';
import { isJsonObject } from '../../../src/contract/json.ts';

describe('JSON is parsed without loss', () => {
  test.each([
    '9007199254740993',
    '-725653563933458433',
    '9223372036854775807',
    '0.12345678901234567890',
    '1e400',
    '123456789012345678901234567890.5e-7',
    '{"a":[1,{"b":18446744073709551615}],"__proto__":{"c":0.10000000000000000001}}',
  ])('%s comes out as it went in', (text) => {
    expect(JSON.stringify(parseJson(text))).toBe(text);
  });

  test.each([
    ['0', 0],
    ['1.0', 1],
    ['1e2', 100],
    ['1E+21', 1e21],
    ['0.1', 0.1],
    ['0.1000000000000000', 0.1],
    ['9007199254740992', 2 ** 53],
    ['9007199254740994', 2 ** 53 + 2],
    ['5e-324', 5e-324],
    ['1.7976931348623157e308', Number.MAX_VALUE],
  ])('%s is a plain number', (text, value) => {
    expect(parseJson(text)).toBe(value);
  });

  test('what a plain number prints is plain, and what is not plain keeps its digits', () => {
    const value = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(String),
      fc
        .tuple(fc.bigInt({ min: 0n }), fc.nat(), fc.integer({ min: -400, max: 400 }))
        .map(([whole, fraction, exponent]) => `${whole}.${fraction}e${exponent}`),
    );
    fc.assert(
      fc.property(value, (text) => {
        const parsed = parseJson(text);
        const kept = isExactNumber(parsed) ? parsed.rawJSON : String(parsed);
        expect(toDecimalText(parseDecimal(kept))).toBe(toDecimalText(parseDecimal(text)));
      }),
    );
  });

  test('an exact number is neither an object nor a level of nesting', () => {
    const value = parseJson('9007199254740993');
    expect(isExactNumber(value)).toBe(true);
    expect(isJsonObject(value)).toBe(false);
    expect(isDeeperThan(value, 0)).toBe(false);
    expect(isExactNumber({ rawJSON: '9007199254740993' })).toBe(false);
  });

  test('digits in a text are a text, and what is no JSON is refused', () => {
    expect(parseJson('"9007199254740993"')).toBe('9007199254740993');
    expect(() => parseJson('9007199254740993x')).toThrow(SyntaxError);
    expect(() => parseJson('1e9999999999999999999')).toThrow('exponent');
    const deep = `${'['.repeat(100_000)}9007199254740993${']'.repeat(100_000)}`;
    expect(() => parseJson(deep)).toThrow(RangeError);
  });
});

describe('decimals', () => {
  test.each([
    ['1.50', '1.5'],
    ['-0', '0'],
    ['0e400', '0'],
    ['12e3', '12000'],
    ['1e-3', '0.001'],
    ['-120.0300e1', '-1200.3'],
    ['1e400', '1e400'],
    ['1.5e-400', '15e-401'],
  ])('%s has the text %s', (written, text) => {
    expect(toDecimalText(parseDecimal(written))).toBe(text);
  });

  test.each([
    ['9007199254740993', '9007199254740992', 1],
    ['9007199254740993', '9007199254740993.0', 0],
    ['-9007199254740993', '-9007199254740992', -1],
    ['1e400', '1e399', 1],
    ['-1e400', '1e-400', -1],
    ['0.1', '0.09999999999999999999', 1],
    ['0', '1e-400', -1],
  ])('%s beside %s: %d', (one, other, sign) => {
    expect(Math.sign(compareDecimals(parseDecimal(one), parseDecimal(other)))).toBe(sign);
  });

  test.each([
    ['9007199254740993', '3', true],
    ['9007199254740993', '2', false],
    ['9007199254740993', '0.5', true],
    ['0.30000000000000000001', '0.00000000000000000001', true],
    ['0.30000000000000000001', '0.1', false],
    ['1e1000000000', '7', false],
    ['7e1000000000', '7', true],
    ['0', '7', true],
  ])('%s is a multiple of %s: %s', (value, step, isMultiple) => {
    expect(isMultipleOf(parseDecimal(value), parseDecimal(step))).toBe(isMultiple);
  });

  test('an integer has nothing behind its point, however it is written', () => {
    expect(isInteger(parseDecimal('1.5e1'))).toBe(true);
    expect(isInteger(parseDecimal('9007199254740993.5'))).toBe(false);
  });
});

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cut, findIllFormed, toWellFormed } from '../../src/contract/text.ts';
import { hostileJson, hostileText } from '../support/operations/hostile-values.ts';

describe('a text that is cut', () => {
  test.each([
    ['short enough', 'abc', 3, 'abc'],
    ['too long', 'abcd', 3, 'abc…'],
    ['too long within a pair', 'ab😀d', 3, 'ab…'],
    ['too long behind a pair', 'a😀cd', 3, 'a😀…'],
    ['with half a pair', 'a\udc00', 3, 'a\ufffd'],
    ['too long, with half a pair', 'a\udc00bcd', 3, 'a\ufffdb…'],
  ])('%s: no character is split', (_, text, characters, expected) => {
    expect(cut(text, characters, '…')).toBe(expected);
  });

  test('is well-formed and never longer, whatever it was', () => {
    fc.assert(
      fc.property(hostileText, fc.nat(50), (text, characters) => {
        const short = cut(text, characters);
        expect(short.isWellFormed()).toBe(true);
        expect(short.length).toBeLessThanOrEqual(characters);
        expect(text.toWellFormed()).toContain(short);
      }),
    );
  });
});

describe('half a pair in JSON', () => {
  test.each([
    ['a text', '\ud800', []],
    ['a list', ['a', { b: 'x\udfff' }], ['1', 'b']],
    ['a key', { a: { '\ud800': 1 } }, ['a', '\ufffd']],
    ['nothing', { a: ['😀', 1, null, true] }, null],
  ])('is found in %s', (_, value, path) => {
    expect(findIllFormed(value)).toEqual(path);
  });

  test('is replaced, and nothing else is touched', () => {
    const well = { a: ['😀'] };
    expect(toWellFormed(well)).toBe(well);
    expect(toWellFormed({ a: 1, b: ['x\ud800'] })).toEqual({ a: 1, b: ['x\ufffd'] });
    const date = new Date(0);
    expect(toWellFormed({ date, text: '\ud800' }).date).toBe(date);
    fc.assert(
      fc.property(hostileJson, (json) => {
        expect(JSON.stringify(toWellFormed(json))).not.toMatch(/\\ud[89a-f]/i);
      }),
    );
  });
});

// What no client should send, as arbitraries: text and JSON that break parsers which trust their input. Everything here is
// data of JSON or of JavaScript strings; what is no JSON at all is for the tests of each transport.
import fc from 'fast-check';
import type { Json } from '../../../src/contract/json.ts';

/** Texts that have broken a parser somewhere. */
const NOTORIOUS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'then',
  '\u0000',
  'a\u0000b',
  '\ud800',
  'a\udfffb',
  '\u202egnp.exe',
  '\u2066\u2069\u200f',
  '\ufeff{}',
  '\r\nset-cookie: a=b',
  '../../etc/passwd',
  '%00%2e%2e%2f',
  "' OR LonghaulPrincipal = 'bob",
  '${env:HOME}',
  '${file:/etc/passwd}',
  '{seconds}',
  '{{}}',
  '$&$1',
  '-0',
  '1e999',
  'NaN',
  'null',
  '😀'.repeat(41),
  'x'.repeat(20_000),
  '\u0001'.repeat(5_000),
  'ä'.repeat(200),
] as const;

const codeUnit = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));

/** Any text: notorious ones, every code unit (half surrogate pairs included), ordinary ones. */
export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...NOTORIOUS),
  fc.string({ unit: codeUnit, maxLength: 40 }),
  fc.string({ maxLength: 40 }),
);

/** Text that a header can carry: Latin-1 on one line. */
export const headerText: fc.Arbitrary<string> = fc.oneof(
  hostileText.map((text) => text.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, '').slice(0, 4_000)),
  fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(toLatin), maxLength: 60 }),
);

function toLatin(unit: number): string {
  return unit === 0x7f ? '~' : String.fromCharCode(unit);
}

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 1, 0.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e300, 5e-324),
);

/** JSON, as text, nested so deeply that whatever recurses without a bound overflows. */
export const deepText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(300, 5_000, 50_000), fc.boolean())
  .map(([levels, isArray]) => nest(levels, isArray));

const deep: fc.Arbitrary<Json> = fc
  .tuple(fc.constantFrom(63, 65, 300, 1_000), fc.boolean())
  .map(([levels, isArray]) => toJson(nest(levels, isArray)));

function nest(levels: number, isArray: boolean): string {
  return isArray
    ? `${'['.repeat(levels)}${']'.repeat(levels)}`
    : `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

/** Keys that JSON carries as its own and that an assignment would make something else of. */
const polluted: fc.Arbitrary<Json> = fc.constantFrom(
  toJson('{"__proto__":{"polluted":true}}'),
  toJson('{"constructor":{"prototype":{"polluted":true}}}'),
  toJson('{"a":[{"__proto__":null}],"toString":1,"hasOwnProperty":2}'),
  toJson('{"":{"":{"":0}}}'),
);

/** Any JSON: of every shape, with hostile keys and texts, deep, wide, polluted. */
export const hostileJson: fc.Arbitrary<Json> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.letrec<{ value: Json }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(hostileText, number, fc.boolean(), fc.constant(null)),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(hostileText, tie('value'), { maxKeys: 4 }),
      ),
    })).value,
  },
  { weight: 1, arbitrary: deep },
  { weight: 1, arbitrary: polluted },
  {
    weight: 1,
    arbitrary: fc.constant(Array.from({ length: 3_000 }, (_, index) => `item ${index}`)),
  },
);

function toJson(text: string): Json {
  return JSON.parse(text) as Json;
}

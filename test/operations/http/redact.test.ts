import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { createRedactor } from '../../../src/operations/http/redact.ts';

const { text, json, error } = createRedactor(
  new Map([
    ['env:A', 'p/w "1"'],
    ['file:b', 'p/w "1" and more'],
  ]),
);

describe('a secret', () => {
  test('is replaced by its reference, the longer one first', () => {
    expect(text('x p/w "1" y')).toBe('x [secret env:A] y');
    expect(text('p/w "1" and more')).toBe('[secret file:b]');
  });

  test('is found percent-encoded and escaped as in JSON', () => {
    expect(text('?key=p%2Fw%20%221%22')).toBe('?key=[secret env:A]');
    expect(text('{"key":"p/w \\"1\\""}')).toBe('{"key":"[secret env:A]"}');
  });

  test('is found in keys and at any depth', () => {
    expect(json({ a: [{ 'p/w "1"': 'x p/w "1"' }], n: 1, b: null })).toEqual({
      a: [{ '[secret env:A]': 'x [secret env:A]' }],
      n: 1,
      b: null,
    });
  });

  test('is removed from message and details of an error, and its cause is dropped', () => {
    const redacted = error(
      new OperationError('RATE_LIMITED', 'p/w "1"', {
        retryAfterMs: 7,
        details: { body: 'p/w "1"' },
        cause: new Error('p/w "1"'),
      }),
    );
    expect(redacted).toMatchObject({
      code: 'RATE_LIMITED',
      message: '[secret env:A]',
      retryAfterMs: 7,
      details: { body: '[secret env:A]' },
    });
    expect(redacted.cause).toBeUndefined();
    expect(error(new TypeError('p/w "1"'))).toMatchObject({
      code: 'INTERNAL',
      message: '[secret env:A]',
    });
  });

  test('never comes out, wherever it stood', () => {
    const secret = fc.string({
      minLength: 8,
      unit: fc.constantFrom(...Array.from('aB3$^.*+?()[]{}|\\/-"%&= ü\n')),
    });
    fc.assert(
      fc.property(
        secret,
        fc.array(fc.string()),
        fc.constantFrom('r', 'k', 't'),
        (value, around, form) => {
          const redactor = createRedactor(new Map([['env:S', value]]));
          const written = {
            r: value,
            k: encodeURIComponent(value),
            t: JSON.stringify(value).slice(1, -1),
          }[form];
          const source: Json = {
            [around.join(written)]: [around.join(written), { deep: `${written}!` }],
          };
          const out = JSON.stringify(redactor.json(source));
          expect([
            out.includes(JSON.stringify(value).slice(1, -1)),
            out.includes(encodeURIComponent(value)),
          ]).toEqual([false, false]);
        },
      ),
    );
  });

  test('leaves everything as it is where there is none', () => {
    const none = createRedactor(new Map());
    const value = { a: ['x'] };
    expect([none.text('x'), none.json(value)]).toEqual(['x', value]);
  });
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { OperationError } from '../../../../src/contract/errors.ts';
import { parseJson } from '../../../../src/contract/json/exact-number.ts';
import type { Json } from '../../../../src/contract/json.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import { createRedactor } from '../../../../src/operations/kinds/template/redact.ts';
import { createTestContext } from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

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

  const bearer = createRedactor(new Map([['env:T', 'tok?en>>ÿ-4711']])).text;
  test.each<[string, (text: string) => string]>([
    ['Base64', (text) => Buffer.from(text).toString('base64')],
    ['Base64 for URLs', (text) => Buffer.from(text).toString('base64url')],
    ['Base64, percent-encoded', (text) => encodeURIComponent(Buffer.from(text).toString('base64'))],
    [
      'Base64 with escaped slashes',
      (text) => Buffer.from(text).toString('base64').replaceAll('/', '\\/'),
    ],
    ['hexadecimal digits', (text) => Buffer.from(text).toString('hex')],
    ['hexadecimal digits, upper case', (text) => Buffer.from(text).toString('hex').toUpperCase()],
  ])('is found in %s, wherever it begins and ends', (_, encode) => {
    for (const before of ['', 'u', 'us', 'user:']) {
      for (const after of ['', '.', '..', '...']) {
        const out = bearer(encode(`${before}tok?en>>ÿ-4711${after}`));
        expect(out).toContain('[secret env:T]');
        // What is left of neighbours and of bits that they share.
        expect(out.replace('[secret env:T]', '').length).toBeLessThan(28);
      }
    }
  });

  test('that is short is not looked for in Base64, where it would be everywhere', () => {
    expect(createRedactor(new Map([['env:S', 'abc']])).text('YWJj abc')).toBe(
      'YWJj [secret env:S]',
    );
  });

  test('that is a number is found as one', () => {
    const secrets = new Map([
      ['env:PIN', '004711'],
      ['env:LONG', '9223372036854775807'],
      ['env:ONE', '1'],
    ]);
    const value = parseJson('{"a":4711,"b":9223372036854775807,"c":47110,"d":1}') as Json;
    expect(createRedactor(secrets).json(value)).toEqual({
      a: '[secret env:PIN]',
      b: '[secret env:LONG]',
      c: 47110,
      d: 1,
    });
  });

  test('that is the path of a configured URL stays out of failures', () => {
    const path = '/services/T000/XXXX';
    const hooks = createRedactor(new Map(), { name: 'HOOK_URL', path });
    const message = `POST https://x.com${path}/a answered 500`;
    const failure = new OperationError('UPSTREAM_UNAVAILABLE', message, {
      details: { body: `no ${encodeURIComponent(path)}`, path },
    });
    expect(hooks.error(failure)).toMatchObject({
      message: 'POST https://x.com/[path of env:HOOK_URL]/a answered 500',
      details: { body: 'no /[path of env:HOOK_URL]', path: '/[path of env:HOOK_URL]' },
    });
    expect(hooks.json({ next: `${path}/b` })).toEqual({ next: `${path}/b` });
  });

  test('leaves everything as it is where there is none', () => {
    const none = createRedactor(new Map());
    const value = { a: ['x'] };
    expect([none.text('x'), none.json(value)]).toEqual(['x', value]);
  });
});

test('the path of a configured URL, which may be a secret, is in no failure', async () => {
  const path = '/T000/B000/XXXXSECRETXXXX';
  await using upstream = await startFakeUpstream([
    { status: 500, body: `Cannot POST ${path}/report` },
  ]);
  const operation = defineHttpOperation(
    'create_report',
    {
      kind: 'http',
      description: 'Creates a report.',
      request: { method: 'POST', url: '${env:HOOK_URL}/report' },
    },
    { HOOK_URL: `${upstream.url}${path}` },
  );
  if (operation.steps.kind !== 'run') throw new Error('not an operation of one attempt');
  const ran = operation.steps.run({}, createTestContext());
  const failure: unknown = await ran.catch((thrown: unknown) => thrown);
  const shown = `${upstream.url}/[path of env:HOOK_URL]/report`;
  expect(failure).toMatchObject({
    message: `POST ${shown} answered 500`,
    details: { url: shown, body: 'Cannot POST /[path of env:HOOK_URL]/report' },
  });
  expect(upstream.requests).toMatchObject([{ path: `${path}/report` }]);
});

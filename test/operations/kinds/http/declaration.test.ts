import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { KINDS } from '../../../../src/operations/kinds/index.ts';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';

const valid = {
  kind: 'http',
  description: 'Reads.',
  request: { url: 'http://localhost/' },
} as const;

describe('a declaration', () => {
  test.each<[string, object, string]>([
    ['an unknown key', { requests: {} }, 'requests'],
    ['an unknown nested key', { request: { url: 'http://x', methods: 'GET' } }, 'request'],
    ['an unknown method', { request: { url: 'http://x', method: 'FETCH' } }, '/request/method'],
    [
      'an unknown error code',
      { response: { errors: { 404: 'NOT_FOUND' } } },
      '/response/errors/404',
    ],
    ['a status out of range', { response: { success: [99] } }, '/response/success'],
    [
      'a range of nothing',
      { response: { errors: { '9xx': 'INTERNAL' } } },
      '/response/errors/9xx: Invalid key in record: expected a status such as 409',
    ],
    [
      'a status that is both',
      { response: { success: [404], errors: { 404: 'INTERNAL' } } },
      'both success and INTERNAL',
    ],
    ['a pointer without a slash', { response: { result: 'data' } }, 'JSON Pointer'],
    [
      'a key of its own',
      { request: { url: 'http://x', method: 'POST', headers: { 'idempotency-key': 'x' } } },
      'it is sent by itself',
    ],
    [
      'a key that its caller chooses',
      {
        idempotencyHeader: false,
        request: { url: 'http://x', method: 'POST', headers: { 'Idempotency-Key': 'order-{id}' } },
      },
      'header Idempotency-Key: no parameter may stand in it',
    ],
    [
      'a URL that its caller chooses',
      {
        input: { properties: { handle: { type: 'string' } }, required: ['handle'] },
        origins: ['http://localhost'],
        request: { url: '{handle}' },
      },
      'no parameter may stand there',
    ],
    ['a secret in its key', { idempotencyKey: '${env:X}' }, 'a secret has no place in it'],
    [
      'an unknown field in its key',
      { idempotencyKey: '{x}' },
      'idempotencyKey: {x}: the input has no field x',
    ],
    ['an output that cannot be checked', { output: { not: {} } }, 'output: /not'],
  ])('with %s is refused', (_, change, sentence) => {
    expect(() => defineHttpOperation('read', { ...valid, ...change })).toThrow(TypeError);
    expect(() => defineHttpOperation('read', { ...valid, ...change })).toThrow(sentence);
  });

  test.each([
    ['GET', true],
    ['HEAD', true],
    ['OPTIONS', true],
    ['PUT', true],
    ['DELETE', true],
    ['POST', false],
    ['PATCH', false],
  ] as const)('of %s is idempotent: %s, unless it says otherwise', (method, idempotent) => {
    const request = { url: 'http://localhost/', method };
    expect(defineHttpOperation('read', { ...valid, request }).idempotent).toBe(idempotent);
    expect(
      defineHttpOperation('read', { ...valid, request, idempotent: !idempotent }).idempotent,
    ).toBe(!idempotent);
  });

  test.each(KINDS)('of kind $kind describes every key', ({ schema }) => {
    expect(undescribed(z.toJSONSchema(schema, { io: 'input' }) as Shown)).toEqual([]);
  });
});

interface Shown {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shown>>;
}

function undescribed({ properties = {} }: Shown, path = ''): string[] {
  return Object.entries(properties).flatMap(([key, shown]) => [
    ...(shown.description === undefined ? [`${path}/${key}`] : []),
    ...undescribed(shown, `${path}/${key}`),
  ]);
}

// The small pure parts that judge an answer, each as a table.
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { OperationError } from '../../../../src/contract/errors.ts';
import type { Json } from '../../../../src/contract/json.ts';
import { parseAnswer, toExcerpt } from '../../../../src/operations/kinds/http/answer.ts';
import { toIdempotencyHeader } from '../../../../src/operations/kinds/http/idempotency-header.ts';
import { resolvePointer } from '../../../../src/contract/json/pointer.ts';
import { toRedirected } from '../../../../src/operations/kinds/http/redirect.ts';
import { parseRetryAfter } from '../../../../src/http/retry-after.ts';
import { declaredVerdict, defaultVerdict } from '../../../../src/operations/kinds/http/verdict.ts';

describe('a JSON Pointer', () => {
  // RFC 6901 section 5
  const document = {
    foo: ['bar', 'baz'],
    '': 0,
    'a/b': 1,
    'c%d': 2,
    'm~n': 8,
    nil: null,
  } satisfies Json;
  test.each<[string, Json | undefined]>([
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/m~0n', 8],
    ['/nil', null],
    ['/foo/2', undefined],
    ['/foo/01', undefined],
    ['/foo/-', undefined],
    ['/foo/length', undefined],
    ['/nil/x', undefined],
    ['/constructor', undefined],
    ['/__proto__', undefined],
  ])('%j names %j', (pointer, part) => {
    expect(resolvePointer(document, pointer)).toEqual(part);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-05-04T10:00:00Z');
  test.each<[string | undefined, number | undefined]>([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    [' 3 ', 3000],
    ['999999999999', 86_400_000],
    ['Mon, 04 May 2026 10:00:30 GMT', 30_000],
    ['Monday, 04-May-26 10:01:00 GMT', 60_000],
    ['Mon, 04 May 2026 09:00:00 GMT', 0],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
  ])('%j is %j ms', (value, waitMs) => {
    expect(parseRetryAfter(value, now)).toBe(waitMs);
  });
});

describe('a status', () => {
  const declared = {
    success: [200, '204', '3xx'],
    errors: { 404: 'INTERNAL', '4xx': 'CANCELLED', 302: 'RATE_LIMITED' },
  } as const;
  test.each([
    [200, 'success'],
    [204, 'success'],
    [202, null],
    [304, 'success'],
    [302, 'RATE_LIMITED'],
    [404, 'INTERNAL'],
    [410, 'CANCELLED'],
    [500, null],
  ])('%i means %j as declared', (status, verdict) => {
    expect(declaredVerdict(status, declared)).toBe(verdict);
  });

  test.each([
    [301, 'UPSTREAM_REJECTED'],
    [400, 'UPSTREAM_REJECTED'],
    [408, 'UPSTREAM_UNAVAILABLE'],
    [425, 'UPSTREAM_UNAVAILABLE'],
    [429, 'RATE_LIMITED'],
    [500, 'UPSTREAM_UNAVAILABLE'],
    [501, 'UPSTREAM_REJECTED'],
    [502, 'UPSTREAM_UNAVAILABLE'],
    [503, 'UPSTREAM_UNAVAILABLE'],
    [504, 'UPSTREAM_UNAVAILABLE'],
  ])('%i means %s by default', (status, code) => {
    expect(defaultVerdict(status)).toBe(code);
  });
});

describe('a body', () => {
  const parse = (body: string | number[], contentType?: string, encoding?: string) =>
    parseAnswer(Buffer.from(body as string), {
      contentType,
      encoding,
      refuse: (why) => new OperationError('UPSTREAM_REJECTED', why),
    });

  test.each<[string | number[], string | undefined, Json]>([
    ['', 'application/json', null],
    ['{"a":1}', 'application/json; charset=utf-8', { a: 1 }],
    ['"ü"', 'application/vnd.api+json', 'ü'],
    ['{"a":1}', undefined, { a: 1 }],
    ['plain', undefined, 'plain'],
    ['{"a":1}', 'text/plain', { a: 1 }],
    [' [1]', 'text/html', [1]],
    ['{"a":1}', 'application/x-amz-json-1.1', { a: 1 }],
    ['{"a":1}', 'application/octet-stream', { a: 1 }],
    ['{"a":1}\n{"a":2}', 'text/plain', '{"a":1}\n{"a":2}'],
    ['{"a":1', 'text/plain', '{"a":1'],
    ['42', 'text/plain', '42'],
    ['['.repeat(300) + ']'.repeat(300), 'text/plain', '['.repeat(300) + ']'.repeat(300)],
    [[0xfc], 'text/plain; charset=ISO-8859-1', 'ü'],
    ['<a/>', 'application/xml', '<a/>'],
    ['\ufefftext', 'text/html', 'text'],
  ])('%j as %s is %j', (body, type, value) => {
    expect(parse(body, type)).toEqual(value);
  });

  test.each<[string | number[], string | undefined, string | undefined, string]>([
    ['%PDF', 'application/pdf', undefined, 'its body is application/pdf, neither JSON nor text'],
    ['{', 'application/json', undefined, 'its body is called application/json but is no JSON'],
    [[0xff, 0xfe, 0x00], undefined, undefined, 'its body is not utf-8 text'],
    ['x', 'text/plain; charset=nonsense', undefined, 'its body is not nonsense text'],
    ['x', 'text/plain', 'gzip', 'its body is encoded as gzip'],
    ['['.repeat(300) + ']'.repeat(300), undefined, undefined, 'nested deeper than 256 levels'],
  ])('%j as %s, encoding %s, is refused', (body, type, encoding, sentence) => {
    expect(() => parse(body, type, encoding)).toThrow(
      expect.objectContaining({
        code: 'UPSTREAM_REJECTED',
        message: expect.stringContaining(sentence),
      }),
    );
  });

  test('has an excerpt of at most 1 KiB that ends between characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 3000 }), (text) => {
        const excerpt = toExcerpt(text);
        const cut = excerpt.replace(/…$/, '');
        expect(Buffer.byteLength(excerpt)).toBeLessThanOrEqual(1024);
        expect([excerpt, text.startsWith(cut)]).toEqual([excerpt, true]);
      }),
    );
    expect(toExcerpt('é'.repeat(600))).toMatch(/^é{510}…$/);
    expect(toExcerpt('short')).toBe('short');
  });
});

describe('a redirect', () => {
  const request = {
    method: 'POST',
    url: new URL('https://x.com/a/b?q=1'),
    headers: { authorization: 's', accept: 'a', 'content-type': 'c' },
    body: '{}',
  };
  const follow = (statusCode: number, location: string | undefined, method = 'POST') =>
    toRedirected(
      { ...request, method },
      { statusCode, headers: location === undefined ? {} : { location } },
    );

  test.each<[number, string, string]>([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'DELETE', 'DELETE'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
  ])('%i of %s is followed as %s', (status, method, followed) => {
    const next = follow(status, '../c', method);
    expect(next).toMatchObject({ method: followed, url: new URL('https://x.com/c') });
    expect(next?.headers['authorization']).toBe('s');
    expect([next?.body, next?.headers['content-type']]).toEqual(
      followed === 'GET' ? [null, undefined] : ['{}', 'c'],
    );
  });

  test.each<[number, string | undefined]>([
    [200, '/c'],
    [304, '/c'],
    [300, '/c'],
    [302, undefined],
  ])('%i to %s is none', (status, location) => {
    expect(follow(status, location)).toBeNull();
  });

  test.each([
    ['https://evil.com/a?q', 'https://evil.com'],
    ['http://x.com/a', 'http://x.com'],
    ['https://x.com:444/', 'https://x.com:444'],
    ['//evil.com', 'https://evil.com'],
    ['file:///etc/passwd', 'null'],
    ['https://', 'no URL'],
  ])('to %s is refused, with both origins', (location, origin) => {
    expect(() => follow(307, location)).toThrow(
      expect.objectContaining({
        code: 'UPSTREAM_REJECTED',
        message: expect.stringContaining(
          `redirects from https://x.com to ${origin} are not followed`,
        ),
      }),
    );
  });

  test('to a foreign origin that is allowed carries nothing that was meant for the first', () => {
    const answer = { statusCode: 307, headers: { location: 'https://y.com/' } };
    expect(toRedirected(request, answer, () => true)).toMatchObject({
      headers: { accept: 'a', 'content-type': 'c' },
    });
  });
});

test('an idempotency key that no header can carry is sent as its hash, always the same', () => {
  expect(toIdempotencyHeader('report-1')).toBe('report-1');
  expect(toIdempotencyHeader('bericht-ü')).toMatch(/^h_[\w-]{43}$/);
  expect(toIdempotencyHeader('bericht-ü')).toBe(toIdempotencyHeader('bericht-ü'));
});

import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json } from '../../../../src/contract/json.ts';
import { parseUrlTemplate, renderUrl } from '../../../../src/operations/kinds/http/url-template.ts';

const environment = {
  API: 'https://api.example.com/v2/',
  LOCAL: 'http://localhost:8080',
  TEXT: 'api',
  LOGIN: 'https://me:secret@example.com',
  EMPTY: '',
};
const secrets = new Map([['env:TOKEN', 'a&b=c']]);
const render = (source: string, fields: Json = {}) =>
  renderUrl(parseUrlTemplate(source, environment), { fields, secrets }).href;

function unlessRefused(act: () => URL): URL | null {
  try {
    return act();
  } catch (error) {
    if ((error as { code?: unknown }).code === 'INVALID_PARAMETERS') return null;
    throw error;
  }
}

describe('a URL', () => {
  test.each<[string, Json, string]>([
    ['https://x.com', {}, 'https://x.com/'],
    ['https://x.com:8443/a/{b}', { b: 'c' }, 'https://x.com:8443/a/c'],
    ['https://x.com/a/{b}', { b: 'c?d#e%' }, 'https://x.com/a/c%3Fd%23e%25'],
    ['https://x.com/?b={b}', { b: '../c/d' }, 'https://x.com/?b=..%2Fc%2Fd'],
    ['https://x.com/{a}', { a: '@evil.com' }, 'https://x.com/%40evil.com'],
    ['https://x.com/{a}.json', { a: '..' }, 'https://x.com/...json'],
    ['https://x.com/{a.id}', { a: { id: 7 } }, 'https://x.com/7'],
    ['https://x.com/s?q={q}&page={page}', { q: 'a b&c=d' }, 'https://x.com/s?q=a%20b%26c%3Dd'],
    ['https://x.com/s?q={q}', {}, 'https://x.com/s'],
    ['https://x.com/s?q={q}', { q: ['a b', 2, null] }, 'https://x.com/s?q=a%20b&q=2'],
    ['https://x.com/s?q={q}', { q: { 'a&': [1], b: {} } }, 'https://x.com/s?q[a%26]=1'],
    ['https://x.com?flag&key=${env:TOKEN}', {}, 'https://x.com/?flag&key=a%26b%3Dc'],
    ['${env:LOCAL}/reports/{id}', { id: 1 }, 'http://localhost:8080/reports/1'],
    ['${env:API}/reports', {}, 'https://api.example.com/v2/reports'],
    ['${env:API}?a={a}', { a: 'ü' }, 'https://api.example.com/v2?a=%C3%BC'],
  ])('%s with %j is %s', (source, fields, href) => {
    expect(render(source, fields)).toBe(href);
  });

  test.each([
    ['https://{host}/a', 'with a literal host'],
    ['{scheme}://x.com', 'with a literal host'],
    ['https://x.com:{port}/a', 'never in scheme, host or port'],
    ['https://x.com{rest}', 'never in scheme, host or port'],
    ['https://${env:TEXT}.com/a', 'with a literal host'],
    ['${env:LOCAL}{rest}', 'never in scheme, host or port'],
    ['${env:LOCAL}.evil.com/', 'never in scheme, host or port'],
    ['ftp://x.com/a', 'absolute http or https'],
    ['/reports', 'absolute http or https'],
    ['https://me:pw@x.com/a', 'credentials do not belong into a URL'],
    ['https://x.com/a#b', 'a fragment is never sent'],
    ['https://x.com/${env:TOKEN}/a', 'a secret in the path would show in errors'],
    ['https://x.com/a?{b}=c', 'must be literal'],
    ['https://x.com/{ a }', 'is no placeholder'],
    ['${env:MISSING}/a', 'the environment variable MISSING is not set'],
    ['${env:EMPTY}/a', 'the environment variable EMPTY is not set'],
    ['${env:TEXT}/a', 'TEXT: expected an absolute http or https URL'],
    ['${env:LOGIN}/a', 'LOGIN: credentials do not belong into a URL'],
  ])('%s is refused', (source, sentence) => {
    expect(() => parseUrlTemplate(source, environment)).toThrow(TypeError);
    expect(() => parseUrlTemplate(source, environment)).toThrow(sentence);
  });

  test('that is refused for its credentials does not repeat them', () => {
    expect(() => parseUrlTemplate('${env:LOGIN}/a', environment)).not.toThrow('secret');
  });

  test.each([[''], ['.'], ['..'], ['%2e'], ['.%2E'], ['%252e%2e']])(
    'refuses %j as a path segment',
    (a) => {
      expect(() => render('https://x.com/v1/{a}/delete', { a })).toThrow(
        expect.objectContaining({ code: 'INVALID_PARAMETERS' }),
      );
    },
  );

  test.each(['../admin', 'a/b', '/', 'a\\b', 'a%2fb', 'a%2Fb', '..%5Cadmin', '%252f', '%25252F'])(
    'refuses %j in a path, with the parameter and its value',
    (b) => {
      expect(() => render('https://x.com/v1/{a}-{b}/public', { a: 'x', b })).toThrow(
        expect.objectContaining({
          code: 'INVALID_PARAMETERS',
          message: expect.stringMatching(
            /^parameters: \/b: stands in the path .* not even encoded: "/,
          ),
        }),
      );
    },
  );

  test.each(['2%', 'a%25b', 'f2', 'a.b', '...', 'x%2'])('takes %j in a path', (a) => {
    expect(() => render('https://x.com/v1/{a}', { a })).not.toThrow();
  });

  test('refuses dots that two fields make together', () => {
    expect(() => render('https://x.com/v1/{a}{b}/x', { a: '.', b: '.' })).toThrow('path segment');
  });

  test('refuses half a surrogate pair', () => {
    expect(() => render('https://x.com/{a}', { a: '\ud800' })).toThrow('half a surrogate pair');
  });

  test('keeps origin, path and number of segments, whatever the parameters are', () => {
    const template = parseUrlTemplate(
      'https://api.example.com:8443/v1/{a}/x-{b}/end?c={c}&d=1',
      {},
    );
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('.', '/', '\\', '%', '2', 'e', '?', '#', '@', ':', '\n', ' '),
      }),
    );
    fc.assert(
      fc.property(text, text, text, (a, b, c) => {
        const url = unlessRefused(() => renderUrl(template, { fields: { a, b, c }, secrets }));
        fc.pre(url !== null);
        const segments = url.pathname.split('/');
        expect(url.origin).toBe('https://api.example.com:8443');
        expect([segments.length, segments[1], segments[4]]).toEqual([5, 'v1', 'end']);
        expect([decodeURIComponent(segments[2]!), decodeURIComponent(segments[3]!)]).toEqual([
          a,
          `x-${b}`,
        ]);
        expect([...url.searchParams]).toEqual([
          ['c', c],
          ['d', '1'],
        ]);
      }),
    );
  });
});

import { describe, expect, test } from '@jest/globals';
import type { CallbackSettings } from '../../src/callbacks/options.ts';
import { createCallbackRules } from '../../src/callbacks/rules.ts';

const settings: CallbackSettings = {
  allow: ['https://hooks.example.com:8443', 'exact.example.com', '*.all.example.com'],
  allowPrivate: ['receiver.internal', '::1'],
  secrets: ['env:COMMON'],
};

const rules = (change: Partial<CallbackSettings> = {}) =>
  createCallbackRules({ ...settings, ...change }, (operation) =>
    operation === 'refund'
      ? [
          { url: 'https://own.example.com/a', secrets: ['env:OWN'] },
          { url: 'https://own.example.com/b', secrets: null },
          { url: 'http://own.example.com/plain', secrets: null },
        ]
      : [],
  );

describe('a callback that a caller names', () => {
  test.each([
    'https://hooks.example.com:8443/a?b=c',
    'https://exact.example.com/',
    'https://EXACT.example.com',
    'https://a.all.example.com/x',
    'https://a.b.all.example.com/x',
  ])('is taken to %s', (url) => {
    expect(() => {
      rules().admit(url);
    }).not.toThrow();
  });

  test.each([
    ['another port', 'https://hooks.example.com/'],
    ['another port of a host', 'https://exact.example.com:444/'],
    ['a host below an exact one', 'https://a.exact.example.com/'],
    ['a host that only ends alike', 'https://evilexact.example.com/'],
    ['a host that ends alike after a star', 'https://evilall.example.com/'],
    ['the host above a star', 'https://all.example.com/'],
    ['a trick with the user name', 'https://exact.example.com@evil.example/'],
    ['a user name', 'https://user:password@exact.example.com/'],
    ['a fragment', 'https://exact.example.com/#a'],
    ['plain http', 'http://exact.example.com/'],
    ['another scheme', 'ftp://exact.example.com/'],
    ['a file', 'file:///etc/passwd'],
    ['no address', 'exact.example.com'],
    ['too many words', `https://exact.example.com/${'a'.repeat(2_000)}`],
  ])('is refused for %s', (_, url) => {
    expect(() => {
      rules().admit(url);
    }).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETERS' }));
  });

  test('is refused by default, with a sentence that says how to allow it', () => {
    expect(() => {
      rules({ allow: [] }).admit('https://exact.example.com/');
    }).toThrow(/callbacks\.allow/);
    expect(rules({ allow: [] }).takesUrls).toBe(false);
    expect(rules().takesUrls).toBe(true);
  });

  test('over plain http needs a host that may be private', () => {
    const allow = ['http://receiver.internal:8080', 'http://[::1]:80', 'http://other.internal'];
    const { admit } = rules({ allow });
    admit('http://receiver.internal:8080/a');
    admit('http://[::1]/a');
    expect(() => {
      admit('http://other.internal/');
    }).toThrow(/allowPrivate/);
  });
});

describe('what signs a callback', () => {
  test('are the secrets of its own, or those of the configuration', () => {
    expect(rules().secretsOf('refund', 'https://own.example.com/a')).toEqual(['env:OWN']);
    expect(rules().secretsOf('refund', 'https://own.example.com/b')).toEqual(['env:COMMON']);
    expect(rules().secretsOf('refund', 'https://exact.example.com/')).toEqual(['env:COMMON']);
  });

  test('is nothing where it may not be sent: of another operation, no longer allowed, over plain http', () => {
    expect(rules().secretsOf('other', 'https://own.example.com/a')).toBeNull();
    expect(rules({ allow: [] }).secretsOf('refund', 'https://exact.example.com/')).toBeNull();
    expect(rules().secretsOf('refund', 'http://own.example.com/plain')).toBeNull();
  });
});

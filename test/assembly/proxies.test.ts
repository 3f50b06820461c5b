import { expect, test } from '@jest/globals';
import { describeProxies, exemptLoopback } from '../../src/assembly/proxies.ts';

const PROXY = { https_proxy: 'http://proxy.example:3128' };

test.each([
  ['nothing without a proxy', { no_proxy: 'a.example' }, {}],
  ['nothing for a proxy that is set to nothing', { HTTP_PROXY: '' }, {}],
  [
    'both variables where there is none',
    PROXY,
    { no_proxy: 'localhost,127.0.0.1,::1,[::1]', NO_PROXY: 'localhost,127.0.0.1,::1,[::1]' },
  ],
  [
    'what is missing, and each keeps what it had',
    { ...PROXY, no_proxy: 'a.example, localhost', NO_PROXY: 'b.example' },
    {
      no_proxy: 'a.example,localhost,127.0.0.1,::1,[::1]',
      NO_PROXY: 'b.example,localhost,127.0.0.1,::1,[::1]',
    },
  ],
  ['to the one what the other says', { ...PROXY, NO_PROXY: '*' }, { no_proxy: '*', NO_PROXY: '*' }],
])('%s', (_, env, added) => {
  expect(exemptLoopback(env)).toEqual(added);
});

test.each([
  [{}, 'none'],
  [
    { HTTPS_PROXY: 'http://me:secret@proxy.example:3128/' },
    'HTTPS_PROXY is http://proxy.example:3128;',
  ],
  [{ all_proxy: 'proxy.example:1080' }, 'all_proxy is http://proxy.example:1080;'],
  [{ http_proxy: 'secret@:x' }, 'http_proxy is no address;'],
])('%j is told without what logs in', (env, sentence) => {
  const told = describeProxies(env);
  expect(told.startsWith(sentence)).toBe(true);
  expect(told).not.toContain('secret');
});

// What is asked of an authorization server, and what is believed: fakes on real sockets, one wrong in each way.
import { describe, expect, test } from '@jest/globals';
import { createDiscovery, toMetadataUrls } from '../../src/auth/discovery.ts';
import { createOAuthVerifier } from '../../src/auth/index.ts';
import { createIntrospector } from '../../src/auth/introspection.ts';
import {
  startFakeUpstream,
  type UpstreamAnswer,
  type UpstreamRequest,
} from '../support/peers/upstream.ts';

const OPENID = '/.well-known/openid-configuration';

/** A server that answers its metadata page with what a test makes of its own address. */
async function startWith(answer: (url: string, request: UpstreamRequest) => UpstreamAnswer) {
  let url = '';
  const server = await startFakeUpstream((request) => answer(url, request));
  ({ url } = server);
  return server;
}

const metadataOf = (issuer: string, more: object = {}): UpstreamAnswer => ({
  body: {
    issuer,
    jwks_uri: `${issuer}/keys`,
    introspection_endpoint: `${issuer}/introspect`,
    ...more,
  },
});

describe('the metadata of the issuer', () => {
  test('is found at each of the places that the specifications name', () => {
    expect(toMetadataUrls('https://a.example')).toEqual([
      'https://a.example/.well-known/oauth-authorization-server',
      'https://a.example/.well-known/openid-configuration',
    ]);
    expect(toMetadataUrls('https://a.example/tenant/')).toEqual([
      'https://a.example/.well-known/oauth-authorization-server/tenant',
      'https://a.example/.well-known/openid-configuration/tenant',
      'https://a.example/tenant/.well-known/openid-configuration',
    ]);
  });

  test('is asked for once, however many wait for it, and again after a failure', async () => {
    let isUp = false;
    await using server = await startWith((url, { path }) =>
      isUp && path === OPENID ? metadataOf(url) : 404,
    );
    const discover = createDiscovery(server.url);
    await expect(discover()).rejects.toThrow('no metadata of the authorization server');
    isUp = true;
    const before = server.requests.length;
    const found = await Promise.all([discover(), discover(), discover()]);
    expect(found[2]).toEqual({
      jwksUri: `${server.url}/keys`,
      introspectionEndpoint: `${server.url}/introspect`,
    });
    await discover();
    expect(server.requests.length - before).toBe(2);
  });

  test.each<[string, (url: string) => UpstreamAnswer]>([
    ['of another issuer', () => metadataOf('https://attacker.example')],
    ['of an issuer that is almost the same', (url) => metadataOf(`${url}/`)],
    ['behind a redirect', () => ({ status: 302, headers: { location: '/elsewhere' } })],
    ['that is no JSON', () => ({ body: '<html>' })],
    ['that is no object', () => ({ body: [] })],
    ['that does not end', () => ({ body: 'x'.repeat(300 * 1024) })],
    ['that failed', () => 500],
  ])('%s is not believed', async (_, answer) => {
    await using server = await startWith(answer);
    await expect(createDiscovery(server.url)()).rejects.toMatchObject({ name: 'UnreachableError' });
    expect(server.requests.filter(({ path }) => path === '/elsewhere')).toEqual([]);
  });

  test('leads to no address that others could read along', async () => {
    await using server = await startWith((url) =>
      metadataOf(url, { jwks_uri: 'http://a.example/keys', introspection_endpoint: 7 }),
    );
    expect(await createDiscovery(server.url)()).toEqual({
      jwksUri: null,
      introspectionEndpoint: null,
    });
  });
});

describe('strangers', () => {
  const rules = {
    audience: 'https://longhaul.example.com/mcp',
    principalClaim: 'sub',
    clockToleranceMs: 0,
  };

  test('cannot make the gateway fetch keys without end', async () => {
    await using server = await startWith((url, { path }) =>
      path === '/keys' ? { body: { keys: [] } } : metadataOf(url),
    );
    const verify = createOAuthVerifier({
      ...rules,
      issuer: server.url,
      algorithms: ['RS256'],
      keyCooldownMs: 600_000,
      introspection: null,
    });
    const toPart = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    for (let index = 0; index < 20; index += 1) {
      const token = `${toPart({ alg: 'RS256', kid: `made-up-${index}` })}.${toPart({})}.AAAA`;
      expect(await verify(token)).toMatchObject({ kind: 'refused' });
    }
    expect(server.requests.filter(({ path }) => path === '/keys')).toHaveLength(1);
  });

  test('cannot make the gateway ask about more than 32 tokens at once', async () => {
    const open: (() => void)[] = [];
    await using server = await startFakeUpstream((_, response) => {
      open.push(() => response.end('{"active":false}'));
      return undefined;
    });
    const introspect = createIntrospector({
      ...rules,
      issuer: server.url,
      clientId: 'gateway',
      clientSecret: () => Promise.resolve('secret'),
      discover: () =>
        Promise.resolve({ jwksUri: null, introspectionEndpoint: `${server.url}/introspect` }),
    });
    const asked = Array.from({ length: 32 }, (_, index) => introspect(`made-up-${index}`));
    expect(await introspect('one-too-many')).toMatchObject({ kind: 'unavailable' });
    while (open.length < 32) await new Promise(setImmediate);
    for (const answer of open) answer();
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['refused']));
  });
});

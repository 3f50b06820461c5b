// Tokens of a real authorization server, and tokens that only look like it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWTPayload } from 'jose';
import { createOAuthVerifier } from '../../src/auth/index.ts';
import type { Verify } from '../../src/auth/identity.ts';
import {
  CLIENT_SECRET,
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/peers/authorization-server.ts';

const RESOURCE = 'https://longhaul.example.com/mcp';

let server: AuthorizationServer;
let verify: Verify;
let clientSecret = CLIENT_SECRET;
const createVerifier = (
  more: Partial<Parameters<typeof createOAuthVerifier>[0]> = {},
  { issuer } = server,
) =>
  createOAuthVerifier({
    issuer,
    audience: RESOURCE,
    algorithms: ['RS256', 'ES256'],
    principalClaim: 'sub',
    clockToleranceMs: 10_000,
    keyCooldownMs: 0,
    introspection: { clientId: 'gateway', clientSecret: () => Promise.resolve(clientSecret) },
    ...more,
  });

beforeAll(async () => {
  server = await startAuthorizationServer(['alice', 'alice-opaque']);
  verify = createVerifier();
});
afterAll(async () => server[Symbol.asyncDispose]());

const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: server.issuer,
  aud: RESOURCE,
  sub: 'alice',
  scope: 'tasks:read',
  exp: inSeconds(600),
  ...more,
});
const without = (name: string) =>
  Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name));

describe('a token that the server issued', () => {
  test('is taken, with its subject and its scopes', async () => {
    const token = await server.fetchToken('alice', RESOURCE);
    expect(await verify(token)).toEqual({
      kind: 'accepted',
      identity: {
        principal: `${server.issuer} sub alice`,
        scopes: new Set(['tasks:read', 'tasks:write']),
        expiresAt: expect.any(Number),
      },
    });
  });

  test('is taken when it is opaque, and asked about once', async () => {
    const token = await server.fetchToken('alice-opaque', RESOURCE, 'tasks:read');
    const before = server.requestsTo('/token/introspection');
    const answers = await Promise.all([verify(token), verify(token)]);
    answers.push(await verify(token));
    for (const answer of answers) {
      expect(answer).toMatchObject({
        kind: 'accepted',
        identity: { principal: `${server.issuer} client_id alice-opaque` },
      });
    }
    expect(server.requestsTo('/token/introspection') - before).toBe(1);
  });

  test.each(['alice', 'alice-opaque'])('for another resource is refused (%s)', async (client) => {
    const token = await server.fetchToken(client, 'https://elsewhere.example.com/mcp');
    expect(await verify(token)).toEqual({
      kind: 'refused',
      reason: 'the token was not issued for this server',
    });
  });

  test('is taken after the keys were rotated, and one of the old key is not', async () => {
    const old = await server.forge(claims({ jti: 'of the old key' }));
    await server.rotate();
    const next = await server.fetchToken('alice', RESOURCE);
    expect(await verify(next)).toMatchObject({ kind: 'accepted' });
    expect(await verify(old)).toEqual({
      kind: 'refused',
      reason: 'the authorization server has no such key',
    });
  });

  test('names the principal by another claim where that is configured', async () => {
    const byTenant = createVerifier({ principalClaim: 'tenant' });
    expect(await byTenant(await server.forge(claims({ tenant: 'acme' })))).toMatchObject({
      kind: 'accepted',
      identity: { principal: `${server.issuer} tenant acme` },
    });
    expect(await byTenant(await server.forge(claims()))).toMatchObject({
      kind: 'refused',
      reason: 'the token has no usable claim tenant',
    });
  });

  test('cannot be checked while the server is away, which is not the fault of the token', async () => {
    await using other = await startAuthorizationServer(['alice', 'alice-opaque']);
    const checks = createVerifier({}, other);
    const tokens = [
      await other.fetchToken('alice', RESOURCE),
      await other.fetchToken('alice-opaque', RESOURCE),
    ];
    other.setReachable(false);
    for (const token of tokens) expect(await checks(token)).toMatchObject({ kind: 'unavailable' });
    other.setReachable(true);
    for (const token of tokens) expect(await checks(token)).toMatchObject({ kind: 'accepted' });
  });

  test('cannot be asked about with a wrong secret; a corrected one is used at once', async () => {
    const token = await server.fetchToken('alice-opaque', RESOURCE);
    clientSecret = 'wrong';
    const refused = await verify(token);
    clientSecret = CLIENT_SECRET;
    expect(refused).toMatchObject({ kind: 'unavailable' });
    expect(JSON.stringify(refused)).not.toContain('wrong');
    expect(await verify(token)).toMatchObject({ kind: 'accepted' });
  });
});

describe('a token that differs in one thing is refused', () => {
  const forged: readonly [string, () => Promise<string>, string][] = [
    ['expired', () => server.forge(claims({ exp: inSeconds(-60) })), 'the token has expired'],
    [
      'not valid yet',
      () => server.forge(claims({ nbf: inSeconds(60) })),
      'the token is not valid yet',
    ],
    [
      'issued in the future',
      () => server.forge(claims({ iat: inSeconds(60) })),
      'the token says that it was issued in the future',
    ],
    [
      'with a time of issue that is no number',
      () => server.forge(claims({ iat: 'now' as never })),
      'a claim of the token is missing or wrong',
    ],
    [
      'with an expiry beyond every date',
      () => server.forge(claims({ exp: 1e300 })),
      'the token has no usable expiry',
    ],
    [
      'without expiry',
      () => server.forge(without('exp')),
      'the token does not say when it expires',
    ],
    [
      'of another issuer',
      () => server.forge(claims({ iss: 'https://a.example' })),
      'the token is of another issuer',
    ],
    ['without issuer', () => server.forge(without('iss')), 'the token is of another issuer'],
    [
      'for another audience',
      () => server.forge(claims({ aud: ['https://a.example/mcp', `${RESOURCE}/`] })),
      'the token was not issued for this server',
    ],
    [
      'without audience',
      () => server.forge(without('aud')),
      'the token was not issued for this server',
    ],
    ['without subject', () => server.forge(without('sub')), 'the token has no usable claim sub'],
    [
      'with an empty subject',
      () => server.forge(claims({ sub: '' })),
      'the token has no usable claim sub',
    ],
    [
      'with a subject that is no text',
      () => server.forge(claims({ sub: ['alice'] as never })),
      'the token has no usable claim sub',
    ],
    [
      'with half a character in its subject, which as UTF-8 is that of any other half',
      () => server.forge(claims({ sub: 'alice\ud800' })),
      'the token has no usable claim sub',
    ],
    [
      'with a lost character in its subject',
      () => server.forge(claims({ sub: 'alice\ufffd' })),
      'the token has no usable claim sub',
    ],
    [
      'bound to a key',
      () => server.forge(claims({ cnf: { jkt: 'x' } })),
      'the token is bound to a key, and is no bearer token',
    ],
    [
      'of another type',
      () => server.forge(claims(), { typ: 'logout+jwt' }),
      'it is no access token',
    ],
    [
      'without signature (alg none)',
      async () => new UnsecuredJWT(claims()).encode(),
      'the algorithm of the token is not allowed',
    ],
    [
      'signed by another key of the same name',
      () => forgeWithForeignKey(),
      'the signature of the token is wrong',
    ],
    [
      'signed by HS256 with the public key',
      () => forgeWithPublicKey(),
      'the algorithm of the token is not allowed',
    ],
    [
      'that brings its key along',
      () => forgeWithOwnKey(),
      'the authorization server has no such key',
    ],
    ['with a changed part', () => tamper(), 'the signature of the token is wrong'],
    ['with a critical header that nobody knows', () => forgeCritical(), 'it is no valid JWT'],
  ];

  const forgeWithForeignKey = async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const header = { alg: 'RS256', typ: 'at+jwt', kid: server.key().kid };
    return new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
  };
  const forgeWithPublicKey = async () => {
    const secret = new TextEncoder().encode(await exportSPKI(server.key().publicKey));
    const header = { alg: 'HS256', typ: 'at+jwt', kid: server.key().kid };
    return new SignJWT(claims()).setProtectedHeader(header).sign(secret);
  };
  const forgeWithOwnKey = async () => {
    const { privateKey } = await generateKeyPair('RS256');
    const header = { alg: 'RS256', jku: 'https://attacker.example/jwks', kid: 'mine' };
    return new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
  };
  const tamper = async () => {
    const [header, , signature] = (await server.forge(claims())).split('.');
    const changed = Buffer.from(JSON.stringify(claims({ sub: 'bob' }))).toString('base64url');
    return `${header!}.${changed}.${signature!}`;
  };
  const forgeCritical = async () => {
    const [, payload, signature] = (await server.forge(claims())).split('.');
    const header = { alg: 'RS256', kid: server.key().kid, crit: ['unknown'], unknown: true };
    return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload!}.${signature!}`;
  };

  test.each(forged)('%s', async (_, forge, reason) => {
    expect(await verify(await forge())).toEqual({ kind: 'refused', reason });
  });

  test('and the same token without that is taken', async () => {
    expect(await verify(await server.forge(claims()))).toMatchObject({ kind: 'accepted' });
  });

  test('and one of a server whose clock is a little ahead is taken', async () => {
    const token = await server.forge(claims({ iat: inSeconds(2) }));
    expect(await verify(token)).toMatchObject({ kind: 'accepted' });
  });
});

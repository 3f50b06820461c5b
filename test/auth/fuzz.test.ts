// What strangers can send, at random: nothing but a refusal comes of it. fast-check prints the seed of what fails.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBearer } from '../../src/auth/bearer.ts';
import { toChallengeHeader } from '../../src/auth/challenge.ts';
import { toMetadataUrls } from '../../src/auth/discovery.ts';
import {
  createGate,
  createOAuthVerifier,
  createToken,
  describeResource,
  hashToken,
  isTokenName,
  isTrustworthyUrl,
  parseTokenFile,
  READ,
  toTokenLine,
  WRITE,
  type Gate,
} from '../../src/auth/index.ts';
import { toPrincipal } from '../../src/auth/principal.ts';
import { readScopes } from '../../src/auth/scopes.ts';
import { toWorkflowId } from '../../src/temporal/calls/identity.ts';
import {
  startAuthorizationServer,
  type AuthorizationServer,
} from '../support/peers/authorization-server.ts';
import { hostileText } from '../support/operations/hostile-values.ts';

const AUDIENCE = 'https://longhaul.example.com/mcp';
let server: AuthorizationServer;
let gate: Gate;
beforeAll(async () => {
  server = await startAuthorizationServer([]);
  const verify = createOAuthVerifier({
    issuer: server.issuer,
    audience: AUDIENCE,
    algorithms: ['RS256'],
    principalClaim: 'sub',
    clockToleranceMs: 0,
    introspection: null,
  });
  const none = { metadata: null, operationScopes: {}, answerScopes: {} };
  gate = createGate({ verify, ...none, report: () => undefined });
});
afterAll(async () => server[Symbol.asyncDispose]());

const text = fc.oneof(fc.string({ unit: 'binary' }), hostileText);
const base64url = fc.stringMatching(/^[\w-]*$/);
const json = fc.json().map((value) => Buffer.from(value).toString('base64url'));
const jwtLike = fc
  .tuple(fc.oneof(base64url, json), fc.oneof(base64url, json), base64url)
  .map((parts) => parts.join('.'));
const header = fc.oneof(
  text,
  fc
    .tuple(
      fc.constantFrom('Bearer ', 'bearer  ', 'BEARER\t', 'Basic ', ''),
      fc.oneof(text, jwtLike),
    )
    .map((parts) => parts.join('')),
);

describe('the Authorization header', () => {
  test('nothing but 401 comes of garbage, and no answer repeats it', async () => {
    const property = fc.asyncProperty(fc.array(header, { maxLength: 3 }), async (headers) => {
      const admission = await gate.admit(headers);
      expect(admission).toMatchObject({ kind: 'refused', refusal: { status: 401 } });
      const said = JSON.stringify(admission);
      const tokens = headers.map((sent) => sent.replace(/^bearer\s*/i, ''));
      expect(tokens.filter((token) => token.length > 20 && said.includes(token))).toEqual([]);
    });
    await fc.assert(property, { numRuns: 500 });
  });

  test('a token that is found stood there, alone and whole', () => {
    fc.assert(
      fc.property(fc.array(header, { maxLength: 2 }), (headers) => {
        const found = parseBearer(headers);
        if (found.kind !== 'token') return;
        expect(headers).toHaveLength(1);
        expect(headers[0]!.trim().split(/ +/)).toEqual([
          expect.stringMatching(/^bearer$/i),
          found.token,
        ]);
      }),
    );
  });
});

describe('claims', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('', 'alice', 0, -1, 1e12, [AUDIENCE]));
  const names = ['iss', 'aud', 'sub', 'exp', 'nbf', 'iat', 'scope', 'scp', 'cnf', 'client_id'];
  const someClaims = fc.dictionary(fc.constantFrom(...names), odd, { minKeys: 1, maxKeys: 4 });

  test('whatever a signed token claims, it is refused or its subject is the one that was signed', async () => {
    const property = fc.asyncProperty(someClaims, async (changed) => {
      const exp = Math.floor(Date.now() / 1000) + 600;
      const claims = {
        iss: server.issuer,
        aud: AUDIENCE,
        sub: 'alice',
        exp,
        scope: 'tasks:read',
        ...changed,
      };
      const token = await server.forge(claims);
      const admission = await gate.admit([`Bearer ${token}`]);
      const { iss, aud, sub } = claims;
      const isRight =
        iss === server.issuer && [aud].flat().includes(AUDIENCE) && !('cnf' in claims);
      const expected =
        admission.kind === 'refused'
          ? { kind: 'refused', refusal: { status: 401 } }
          : { kind: isRight && 'admitted', identity: { principal: `${server.issuer} sub ${sub}` } };
      expect(admission).toMatchObject(expected);
      const scopes = admission.kind === 'admitted' ? [...admission.identity.scopes] : [];
      expect(scopes.filter((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))).toEqual([]);
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test('scopes of any form are read without a throw', () => {
    fc.assert(
      fc.property(odd, odd, (scope, scp) => {
        expect(readScopes({ scope, scp })).toBeInstanceOf(Set);
      }),
    );
  });

  test('two callers never share a principal, nor two tasks a workflow id', () => {
    // Few, so that what is drawn twice differs in one part alone.
    const issuer = fc.constantFrom('https://a.example', 'https://a.example/b');
    const claim = fc.constantFrom('sub', 'tenant', 'client_id');
    const value = fc.oneof(
      hostileText,
      fc.constantFrom('a', 'sub a', 'tenant a', 'h_a', 'local', 'v\ud800', 'v\udbff', 'v\ufffd'),
    );
    const caller = fc.oneof(
      fc.tuple(issuer, claim, value),
      fc.constantFrom('local', 'a', 'h_a', 'ci').map((name) => [name] as const),
    );
    const toName = (parts: readonly string[]) => {
      const [first = '', second, third] = parts;
      return second === undefined ? first : toPrincipal(first, second, third);
    };
    fc.assert(
      fc.property(caller, caller, fc.constantFrom('k', 'a'), (one, other, key) => {
        const [left, right] = [toName(one), toName(other)];
        fc.pre(left !== null && right !== null);
        const same = JSON.stringify(one) === JSON.stringify(other);
        expect(left === right).toBe(same);
        expect(toWorkflowId(left, key) === toWorkflowId(right, key)).toBe(same);
      }),
      {
        examples: [
          [['https://a.example', 'sub', 'v\ud800'], ['https://a.example', 'sub', 'v\udbff'], 'k'],
        ],
      },
    );
  });
});

describe('the token file', () => {
  const name = fc.stringMatching(/^[A-Za-z0-9][\w.~-]{0,20}$/).filter(isTokenName);
  test('any text is read without a throw, and each line counts as itself', () => {
    const line = fc.oneof(
      text,
      name.map((known) =>
        toTokenLine({ name: known, hash: hashToken(known), scopes: new Set([READ]) }),
      ),
    );
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { tokens, wrongLines } = parseTokenFile(lines.join('\n'));
        expect(tokens.length + wrongLines.length).toBeLessThanOrEqual(
          lines.join('\n').split('\n').length,
        );
        for (const token of tokens) {
          expect(isTokenName(token.name)).toBe(true);
          expect(token.hash).toHaveLength(32);
          expect(token.scopes.size).toBeGreaterThan(0);
        }
      }),
    );
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(name, fc.subarray([READ, WRITE, 'a:b'], { minLength: 1 }), (known, scopes) => {
        const token = { name: known, hash: hashToken(createToken()), scopes: new Set(scopes) };
        expect(parseTokenFile(toTokenLine(token))).toEqual({ tokens: [token], wrongLines: [] });
      }),
    );
  });
});

describe('what this server says of itself', () => {
  test('no reason and no scope can break out of the header', () => {
    fc.assert(
      fc.property(text, fc.array(text), fc.option(fc.webUrl()), (reason, scopes, metadataUrl) => {
        const value = toChallengeHeader({
          error: { code: 'invalid_token', reason },
          scopes,
          metadataUrl,
        });
        expect(value).toMatch(/^Bearer [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*$/);
        expect(() => new Headers({ 'www-authenticate': value })).not.toThrow();
        expect(value.match(/[a-z_]+="[^"]*"/g)).toHaveLength(4);
      }),
    );
  });

  test('the metadata names the resource as it was configured, at a place of its own origin', () => {
    fc.assert(
      fc.property(fc.webUrl().filter(isTrustworthyUrl), fc.webUrl(), (resource, issuer) => {
        const described = describeResource({
          resource,
          issuer,
          endpoint: '/mcp',
          scopes: [],
          name: 'x',
        });
        expect(new URL(described.url).origin).toBe(new URL(resource).origin);
        expect(described.document).toMatchObject({ resource, authorization_servers: [issuer] });
        expect(described.paths).toContain(new URL(described.url).pathname);
      }),
    );
  });

  test('the authorization server is looked for at the issuer and nowhere else', () => {
    fc.assert(
      fc.property(fc.webUrl().filter(isTrustworthyUrl), (issuer) => {
        for (const url of toMetadataUrls(issuer))
          expect(new URL(url).origin).toBe(new URL(issuer).origin);
      }),
    );
  });
});

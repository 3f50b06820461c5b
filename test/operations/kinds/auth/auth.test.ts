import { describe, expect, test } from '@jest/globals';
import { defineHttpOperation } from '../../../../src/operations/kinds/http/operation.ts';
import type { HttpDeclaration } from '../../../../src/operations/kinds/http/declaration.ts';
import { runStepsOf } from '../../../examples/load-example.ts';
import { createTestContext } from '../../../support/operations/context.ts';
import { startFakeUpstream } from '../../../support/peers/upstream.ts';

type Auth = NonNullable<HttpDeclaration['auth']>;

const stepsOf = (url: string, auth: Auth) =>
  runStepsOf(
    defineHttpOperation('call', {
      kind: 'http',
      description: 'for tests',
      auth,
      request: { method: 'POST', url: `${url}/call`, body: {} },
    }),
  );

const contextOf = (secret = 's3cret-1') => createTestContext({ env: { SECRET: secret } });

/** Issues a token at `/token`, and takes at `/call` only the last `valid` of them. */
const startTokens = async (isValid: (token: string) => boolean) => {
  let issued = 0;
  return startFakeUpstream(async ({ path, headers }) => {
    if (path === '/token') {
      issued += 1;
      return { body: { access_token: `token-of-access-${issued}`, expires_in: 3600 } };
    }
    const token = String(headers.authorization).replace('Bearer ', '');
    return isValid(token) ? { body: { echo: token } } : 401;
  });
};

const oauth = (url: string, more: Partial<Auth> = {}): Auth =>
  ({
    type: 'oauth2',
    tokenUrl: `${url}/token`,
    clientId: 'me',
    clientSecret: '${env:SECRET}',
    scope: 'jobs',
    ...more,
  }) as Auth;

describe('OAuth 2 client credentials', () => {
  test('are asked for once by requests that come at once, and their token is in no result', async () => {
    await using upstream = await startTokens(() => true);
    const steps = stepsOf(upstream.url, oauth(upstream.url));
    const results = await Promise.all(
      [1, 2, 3].map(async () => steps.run({}, contextOf('first-1'))),
    );
    expect(results).toEqual(Array(3).fill({ echo: '[secret access token]' }));
    const tokens = upstream.requests.filter(({ path }) => path === '/token');
    expect(tokens).toMatchObject([
      {
        text: 'grant_type=client_credentials&scope=jobs',
        headers: { authorization: `Basic ${Buffer.from('me:first-1').toString('base64')}` },
      },
    ]);
  });

  test('are renewed once after a 401, and the request is sent again', async () => {
    await using upstream = await startTokens((token) => token.endsWith('2'));
    const steps = stepsOf(upstream.url, oauth(upstream.url, { clientAuthentication: 'body' }));
    await expect(steps.run({}, contextOf('second-2'))).resolves.toEqual({
      echo: '[secret access token]',
    });
    expect(upstream.requests.map(({ path }) => path)).toEqual([
      '/token',
      '/call',
      '/token',
      '/call',
    ]);
    expect(upstream.requests[0]?.text).toContain('client_secret=second-2');
  });

  test('that the upstream never takes are a refusal after two tries', async () => {
    await using upstream = await startTokens(() => false);
    const steps = stepsOf(upstream.url, oauth(upstream.url));
    await expect(steps.run({}, contextOf('third-3'))).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
    });
    expect(upstream.requests.filter(({ path }) => path === '/call')).toHaveLength(2);
  });

  test('that are refused send nothing, and tell no secret', async () => {
    await using upstream = await startFakeUpstream(({ headers }) => ({
      status: 400,
      body: { error: 'invalid_client', sent: headers.authorization },
    }));
    const thrown: unknown = await stepsOf(upstream.url, oauth(upstream.url))
      .run({}, contextOf('fourth/4+'))
      .catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'UPSTREAM_REJECTED', details: { status: 400 } });
    const sent = upstream.requests[0]?.headers.authorization?.replace('Basic ', '') ?? '';
    expect(JSON.stringify({ ...(thrown as object) })).not.toContain(sent);
    expect(upstream.requests).toHaveLength(1);
  });
});

test('an API key goes into the query, and is in no error', async () => {
  await using upstream = await startFakeUpstream(({ path }) => ({ status: 400, body: { path } }));
  const auth: Auth = { type: 'apiKey', in: 'query', name: 'key', value: '${env:SECRET}' };
  await expect(stepsOf(upstream.url, auth).run({}, contextOf())).rejects.toMatchObject({
    details: { body: '{"path":"/call?key=[secret env:SECRET]"}' },
  });
});

test('Signature Version 4 signs the body', async () => {
  await using upstream = await startFakeUpstream([{ body: {} }]);
  const auth: Auth = {
    type: 'awsSigV4',
    region: 'eu-central-1',
    service: 'athena',
    accessKeyId: 'AKIAEXAMPLE',
    secretAccessKey: '${env:SECRET}',
  };
  await stepsOf(upstream.url, auth).run({}, contextOf());
  expect(upstream.requests[0]?.headers).toMatchObject({
    'x-amz-date': expect.stringMatching(/^\d{8}T\d{6}Z$/),
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d{8}\/eu-central-1\/athena\/aws4_request, SignedHeaders=.*host.*, Signature=[0-9a-f]{64}$/,
    ),
  });
});

test.each<[string, Auth, string]>([
  [
    'a secret that is written down',
    { type: 'basic', username: 'a', password: 'b' },
    'never written down',
  ],
  [
    'a parameter',
    { type: 'basic', username: '{user}', password: '${env:SECRET}' },
    'no parameter may stand',
  ],
])('an authentication is refused at load for %s', (_, auth, sentence) => {
  expect(() => stepsOf('https://a.example', auth)).toThrow(sentence);
});

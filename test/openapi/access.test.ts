// Where requests of a description go, and how they are authenticated.
import { describe, expect, test } from '@jest/globals';
import { declareThing } from './take.ts';

describe('security', () => {
  const scheme = (one: object, scopes: readonly string[] = []) => ({
    security: [{ one: scopes }],
    components: { securitySchemes: { one } },
  });

  test.each<[object, readonly string[], object]>([
    [
      { type: 'http', scheme: 'basic' },
      [],
      {
        auth: { type: 'basic', username: '${env:THINGS_USER}', password: '${env:THINGS_PASSWORD}' },
      },
    ],
    [
      { type: 'http', scheme: 'bearer' },
      [],
      { request: { headers: { authorization: 'Bearer ${env:THINGS_TOKEN}' } } },
    ],
    [
      { type: 'apiKey', in: 'query', name: 'key' },
      [],
      { auth: { type: 'apiKey', in: 'query', name: 'key', value: '${env:THINGS_KEY}' } },
    ],
    [
      { type: 'apiKey', in: 'cookie', name: 'sid' },
      [],
      { request: { headers: { cookie: 'sid=${env:THINGS_KEY}' } } },
    ],
    [
      {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://id.example.com/token', scopes: {} } },
      },
      ['a', 'b'],
      {
        auth: {
          type: 'oauth2',
          tokenUrl: 'https://id.example.com/token',
          clientId: '${env:THINGS_CLIENT_ID}',
          clientSecret: '${env:THINGS_CLIENT_SECRET}',
          scope: 'a b',
        },
      },
    ],
    [
      { type: 'oauth2', flows: { implicit: { authorizationUrl: 'https://id.example.com' } } },
      [],
      { request: { headers: { authorization: 'Bearer ${env:THINGS_TOKEN}' } } },
    ],
  ])('%j is a reference, never a value', async (one, scopes, expected) => {
    const { declaration } = await declareThing({}, scheme(one, scopes));
    expect(declaration).toMatchObject(expected);
  });

  test('of two keys at once has both', async () => {
    const { declaration } = await declareThing(
      {},
      {
        security: [{ one: [], other: [] }],
        components: {
          securitySchemes: {
            one: { type: 'apiKey', in: 'header', name: 'X-App' },
            other: { type: 'http', scheme: 'basic' },
          },
        },
      },
    );
    expect(declaration).toMatchObject({
      auth: { type: 'basic' },
      request: { headers: { 'x-app': '${env:THINGS_KEY}' } },
    });
  });
});

describe('a server', () => {
  test.each<[object, string]>([
    [
      {
        url: 'https://{region}.example.com/v1/',
        variables: { region: { default: 'eu', enum: ['eu', 'us'] } },
      },
      'https://eu.example.com/v1',
    ],
    [
      { url: 'https://{account}.example.com/v1', variables: { account: { default: '' } } },
      '${env:THINGS_URL}/v1',
    ],
    [{ url: '/v3' }, '${env:THINGS_URL}/v3'],
  ])('%j is where the request goes', async (server, base) => {
    const { declaration } = await declareThing({}, { servers: [server] });
    expect(declaration).toMatchObject({ request: { url: `${base}/things/{id}` } });
  });
});

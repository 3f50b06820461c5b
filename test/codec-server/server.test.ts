import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import fc from 'fast-check';
import { createSessions, SESSION_MS } from '../../src/codec-server/sessions.ts';
import { toPayloadsJson } from '../../src/codec-server/payload-json.ts';
import { createPayloadCodec } from '../../src/temporal/codec/payload-codec.ts';
import { startTestCodecServer, UI, type TestCodecServer } from './test-codec-server.ts';
import { send } from '../support/gateways/http-gateway.ts';
import { createTestKey, createTestEncryption } from '../encryption/keys.ts';
import { drawSeed } from '../support/runner/seed.ts';

const seed = drawSeed();
const { keyring } = createTestEncryption(createTestKey('k1'));
const plain = defaultPayloadConverter.toPayload({ secret: 'plaintext' });

let server: TestCodecServer;
let encrypted: Payload;
beforeAll(async () => {
  server = await startTestCodecServer(keyring);
  [encrypted] = (await createPayloadCodec(keyring).encode([plain], {
    type: 'workflow',
    namespace: 'default',
    workflowId: 'local:one',
  })) as [Payload];
});
afterAll(async () => server[Symbol.asyncDispose]());

const operator = () => ({ authorization: server.headerOf('operator') });
const decode = async (headers: Record<string, string | undefined>) =>
  server.post('/decode', toPayloadsJson([encrypted]), headers);

describe('the codec server', () => {
  test('decodes and encodes for who has the right to it', async () => {
    const decoded = await decode(operator());
    expect(decoded).toMatchObject({ status: 200, text: JSON.stringify(toPayloadsJson([plain])) });
    const encoded = await server.post('/encode', toPayloadsJson([plain]), operator());
    expect(encoded.text).not.toContain(Buffer.from('plaintext').toString('base64').slice(0, 10));
    const again = await server.post('/under/a/path/decode', encoded.text, operator());
    expect(again.text).toBe(JSON.stringify(toPayloadsJson([plain])));
  });

  test.each([
    ['no token', 401, () => ({})],
    ['an unknown token', 401, () => ({ authorization: 'Bearer longhaul_unknown' })],
    ["an agent's token", 403, () => ({ authorization: server.headerOf('agent') })],
    ['an empty cookie', 401, () => ({ cookie: 'longhaul_codec=' })],
    ["an agent's token as the cookie", 401, () => toCookie('agent')],
    ['a token as the cookie', 401, () => toCookie('operator')],
    ['a session that was never begun', 401, () => ({ cookie: `longhaul_codec=${'A'.repeat(43)}` })],
  ])('answers nothing to %s', async (_, status, toHeaders) => {
    const answer = await decode(toHeaders());
    expect(answer.status).toBe(status);
    expect(answer.text).not.toContain('payloads":');
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
  });

  test('answers pages of its origins alone', async () => {
    const allowed = await decode({ ...operator(), origin: UI });
    expect(allowed).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': UI,
        'access-control-allow-credentials': 'true',
        vary: 'origin',
      },
    });
    for (const origin of ['https://evil.example', 'http://localhost:3000', 'null']) {
      const refused = await decode({ ...operator(), origin });
      expect(refused.status).toBe(403);
      expect(refused.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('lets a browser ask before it asks', async () => {
    const ask = async (origin: string) =>
      send(`${server.url}/decode`, { method: 'OPTIONS', headers: { origin } });
    expect(await ask(UI)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': UI,
        'access-control-allow-headers':
          'authorization, authorization-extras, content-type, x-namespace',
      },
    });
    expect((await ask('https://evil.example')).status).toBe(403);
  });

  test('is not reached by a name that another may have made lead here', async () => {
    expect((await decode({ ...operator(), host: 'evil.example' })).status).toBe(403);
  });

  test('takes a person in, by a form, and knows the browser again', async () => {
    const form = await send(`${server.url}/`, { method: 'GET' });
    expect(form).toMatchObject({ status: 200, text: expect.stringContaining('<form') });
    // with `no-referrer`, a browser would send the form as one of an unknown origin, which is refused
    expect(form.headers['referrer-policy']).toBe('same-origin');
    const token = server.headerOf('operator').replace('Bearer ', '');
    const signedIn = await server.post('/', new URLSearchParams({ token }).toString());
    expect(signedIn.status).toBe(200);
    const [cookie = ''] = signedIn.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      /^longhaul_codec=\S+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
    );
    expect(cookie).not.toContain(token.slice(10));
    expect((await decode({ cookie: cookie.split(';')[0], origin: UI })).status).toBe(200);
    const agent = await server.post('/', `token=${toCookie('agent').cookie.split('=')[1]}`);
    expect(agent.status).toBe(403);
    expect(agent.headers['set-cookie']).toBeUndefined();
  });

  const signIn = async (headers: Record<string, string> = {}) => {
    const token = server.headerOf('operator').replace('Bearer ', '');
    const answer = await server.post('/', new URLSearchParams({ token }).toString(), headers);
    return answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
  };

  test('forgets a browser that signs out, or signs in again, and no other', async () => {
    const [mine, other] = [await signIn(), await signIn()];
    expect(mine).not.toBe(other);
    const page = await send(`${server.url}/`, { method: 'GET', headers: { cookie: mine } });
    expect(page.text).toContain('This browser is signed in.');
    const left = await server.post('/sign-out', '', { cookie: mine });
    expect(left.headers['set-cookie']?.[0]).toMatch(/^longhaul_codec=; Max-Age=0; /);
    expect((await decode({ cookie: mine })).status).toBe(401);
    expect((await decode({ cookie: other })).status).toBe(200);
    const again = await signIn({ cookie: other });
    expect((await decode({ cookie: other })).status).toBe(401);
    expect((await decode({ cookie: again })).status).toBe(200);
    const asked = await send(`${server.url}/sign-out`, {
      method: 'GET',
      headers: { cookie: again },
    });
    expect(asked.status).toBe(405);
    expect((await decode({ cookie: again })).status).toBe(200);
  });

  test('knows nobody after it was started again', async () => {
    const cookie = await signIn();
    await using next = await startTestCodecServer(keyring);
    const answer = await next.post('/decode', toPayloadsJson([encrypted]), { cookie });
    expect(answer.status).toBe(401);
  });

  test('sends the cookie over TLS alone where it was reached so', async () => {
    const token = server.headerOf('operator').replace('Bearer ', '');
    const body = new URLSearchParams({ token }).toString();
    const answer = await server.post('/', body, { 'x-forwarded-proto': 'https' });
    expect(answer.headers['set-cookie']?.[0]).toMatch(/; Secure$/);
  });

  test('names the key that is missing', async () => {
    const other = createPayloadCodec(createTestEncryption(createTestKey('k0')).keyring);
    const body = toPayloadsJson(await other.encode([plain]));
    const answer = await server.post('/decode', body, operator());
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining('\\"k0\\"') });
  });

  test('has nothing else', async () => {
    expect(
      (await send(`${server.url}/decode`, { method: 'GET', headers: operator() })).status,
    ).toBe(405);
    expect((await send(`${server.url}/metrics`, { method: 'GET' })).status).toBe(404);
    expect((await server.post('/xdecode', {}, operator())).status).toBe(404);
    expect((await server.post('/decode', 'x'.repeat(9_000_000), operator())).status).toBe(400);
  });

  test(`answers any body with one of its answers (seed ${seed})`, async () => {
    const payload = fc.record(
      {
        metadata: fc.oneof(fc.dictionary(fc.string(), fc.base64String()), fc.jsonValue()),
        data: fc.oneof(fc.base64String(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    );
    const encryptedLike = fc.base64String().map((data) => ({
      ...(toPayloadsJson([encrypted]) as { payloads: object[] }).payloads[0],
      data,
    }));
    const body = fc.oneof(
      fc.record({ payloads: fc.array(fc.oneof(payload, encryptedLike, fc.jsonValue())) }),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const answer = await server.post('/decode', sent, operator());
        expect([200, 400]).toContain(answer.status);
        expect(Object.keys(JSON.parse(answer.text) as object)).toHaveLength(1);
      }),
      { seed, numRuns: 100 },
    );
  });
});

describe('a session', () => {
  test('ends by itself', () => {
    let clock = 0;
    const sessions = createSessions(() => clock);
    const [first, second] = [sessions.open('one'), sessions.open('two')];
    clock = SESSION_MS - 1;
    expect([sessions.find(first), sessions.find(second)]).toEqual(['one', 'two']);
    const third = sessions.open('three');
    clock = SESSION_MS;
    expect([sessions.find(first), sessions.find(third)]).toEqual([null, 'three']);
  });

  test('ends early where there are too many', () => {
    const sessions = createSessions(() => 0);
    const ids = Array.from({ length: 1_001 }, (_, index) => sessions.open(String(index)));
    expect(ids.filter((id) => sessions.find(id) === null)).toEqual([ids[0]]);
  });
});

function toCookie(name: string): { readonly cookie: string } {
  return { cookie: `longhaul_codec=${server.headerOf(name).replace('Bearer ', '')}` };
}

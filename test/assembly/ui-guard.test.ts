// Who may use the Temporal UI of the embedded server.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Gate } from '../../src/auth/index.ts';
import { sendRefusal } from '../../src/http/server.ts';
import { createUiGuard } from '../../src/assembly/ui-guard.ts';
import { send } from '../support/gateways/http-gateway.ts';
import { startStaticGate } from '../support/gateways/static-gate.ts';

const servers: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server[Symbol.asyncDispose]()));
});

/** Answers 200 to whom the guard lets pass. */
async function guarded(gate: Gate | null, allowedHosts: readonly string[] = []) {
  const guard = createUiGuard(gate, allowedHosts);
  const server = createServer((request, response) => {
    void guard(request).then((refusal) => {
      if (refusal) sendRefusal(response, refusal);
      else response.end('passed');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  servers.push({
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  });
  const { port } = server.address() as AddressInfo;
  const ask = (headers: Record<string, string> = {}, method = 'GET') =>
    send(`http://127.0.0.1:${port}/`, { method, headers });
  return { port, ask };
}

describe('the guard of the Temporal UI', () => {
  test('lets programs and its own pages pass, by either name of this machine', async () => {
    const { port, ask } = await guarded(null);
    expect((await ask()).status).toBe(200);
    expect((await ask({ origin: `http://127.0.0.1:${port}` }, 'POST')).status).toBe(200);
    const host = `localhost:${port}`;
    expect((await ask({ host, origin: `http://${host}` }, 'POST')).status).toBe(200);
  });

  test('takes names that the configuration lists, also behind TLS', async () => {
    const { ask } = await guarded(null, ['box.example']);
    expect((await ask({ host: 'box.example', origin: 'https://box.example' }, 'POST')).status).toBe(
      200,
    );
    expect(
      (await ask({ host: 'box.example', origin: 'https://evil.example' }, 'POST')).status,
    ).toBe(403);
    expect((await ask({ origin: 'https://box.example' }, 'POST')).status).toBe(403);
  });

  test.each([
    ['another name', { host: 'evil.example' }],
    ['another name with the right port', { host: 'evil.example:8233' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['an origin that tells nothing of itself', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:3000' }],
    ['another scheme', { origin: 'https://127.0.0.1' }],
    [
      'an origin that is its own by another name',
      { origin: 'http://evil.example', host: 'evil.example' },
    ],
  ])('refuses %s', async (_, headers) => {
    const { ask } = await guarded(null);
    for (const method of ['GET', 'POST']) expect((await ask(headers, method)).status).toBe(403);
  });

  test('asks a browser for a token where the gateway asks its callers', async () => {
    await using callers = await startStaticGate({
      operator: ['temporal:operate'],
      agent: ['tasks:read', 'tasks:write', 'payloads:decode'],
    });
    const { ask } = await guarded(callers.gate);
    const basic = (token: string) =>
      `Basic ${Buffer.from(`anybody:${token.replace('Bearer ', '')}`).toString('base64')}`;

    const nobody = await ask();
    expect(nobody.status).toBe(401);
    expect(nobody.headers['www-authenticate']).toMatch(/^Basic /);
    expect(nobody.text).toContain('temporal:operate');
    const agent = await ask({ authorization: basic(callers.headerOf('agent')) });
    expect([agent.status, agent.headers['www-authenticate']]).toEqual([
      401,
      expect.stringMatching(/^Basic /),
    ]);
    expect((await ask({ authorization: 'Basic rubbish!' })).status).toBe(401);
    expect((await ask({ authorization: basic('wrong') })).status).toBe(401);

    const operator = callers.headerOf('operator');
    expect((await ask({ authorization: basic(operator) })).status).toBe(200);
    expect((await ask({ authorization: operator })).status).toBe(200);
    const foreign = { authorization: operator, origin: 'https://evil.example' };
    expect((await ask(foreign)).status).toBe(403);
    await callers.clear();
  });
});

// By which names and from which pages the gateway can be called, and what it says to those that cannot (clients.md 33).
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  LIST,
  modernHeaders,
  send,
  startGateway,
  type Running,
} from '../../support/gateways/http-gateway.ts';
import { startStaticGate } from '../../support/gateways/static-gate.ts';

let local: Running;
let named: Running;
let open: Running;
beforeAll(async () => {
  local = await startGateway();
  named = await startGateway({ allowedHosts: ['Gateway.example'] });
  open = await startGateway({ host: '0.0.0.0' });
});
afterAll(async () => {
  for (const one of [local, named, open]) await one[Symbol.asyncDispose]();
});

const call = async (running: Running, headers: Record<string, string>) =>
  send(running.url, { body: LIST, headers: { ...modernHeaders, ...headers } });

/** A GET with headers that Node's client would not send. */
async function sendRaw({ url }: Running, path: string, headers: readonly string[]) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.end([`GET ${path} HTTP/1.1`, ...headers, 'Connection: close', '', ''].join('\r\n'));
  return text(socket);
}

describe('a name', () => {
  test.each([
    'evil.example',
    'host.docker.internal:7400',
    '127.1',
    '2130706433',
    '0x7f.1',
    'localhost.',
    'localhost.evil.example',
  ])('%s is refused with 403, and the way out', async (host) => {
    const { status, text } = await call(local, { host });
    expect(status).toBe(403);
    expect(JSON.parse(text)).toMatchObject({
      error: {
        message: expect.stringContaining(`LONGHAUL_ALLOWED_HOSTS=${host.replace(/:\d+$/, '')}`),
      },
    });
  });

  test.each([
    'user@localhost',
    'localhost/evil',
    'localhost?x',
    'localhost#x',
    'localhost, evil.example',
    'localhost:99999999',
    'localhost:80:80',
    '[::1',
    '%6cocalhost',
    ' ',
  ])('%s is none, and is refused with 400', async (host) => {
    for (const running of [local, named, open]) {
      for (const path of ['/mcp', '/', '/files']) {
        const answer = await sendRaw(running, path, [`Host: ${host}`]);
        expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      }
    }
  });

  test('two of them are refused with 400, whichever is the good one', async () => {
    for (const hosts of [
      ['Host: localhost', 'Host: evil.example'],
      ['host: localhost', 'HOST: localhost'],
    ]) {
      expect(await sendRaw(local, '/mcp', hosts)).toMatch(/^HTTP\/1\.1 400 /);
      expect(await sendRaw(local, '/readyz', hosts)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  test.each(['localhost', 'LOCALHOST:1', '127.0.0.1', '[::1]:7400'])(
    '%s leads here',
    async (host) => {
      expect((await call(local, { host })).status).toBe(200);
    },
  );

  test('that is allowed leads here, and a page of it may call', async () => {
    const headers = { host: 'gateway.example', origin: 'https://gateway.example' };
    expect((await call(named, headers)).status).toBe(200);
  });

  test('of any kind leads here beyond loopback, and origins are still checked', async () => {
    const host = 'pod-7.cluster.local';
    expect((await call(open, { host })).status).toBe(200);
    expect((await call(open, { host, origin: 'https://evil.example' })).status).toBe(403);
  });
});

describe('the pages for probes', () => {
  test.each(['/healthz', '/readyz'])('%s checks the name on loopback', async (path) => {
    const read = (running: Running, host: string) => sendRaw(running, path, [`Host: ${host}`]);
    expect(await read(local, 'evil.example')).toMatch(/^HTTP\/1\.1 403 /);
    expect(await read(local, 'localhost')).toMatch(/^HTTP\/1\.1 200 /);
    expect(await read(named, 'gateway.example')).toMatch(/^HTTP\/1\.1 200 /);
    // A probe of Kubernetes names the pod by its address.
    expect(await read(open, '10.1.2.3:7400')).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a page', () => {
  const preflight = async (running: Running, origin: string, path = '') =>
    send(`${running.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type, mcp-protocol-version, Mcp-Param-A, x-evil',
      },
    });

  test.each([
    'https://evil.example',
    'null',
    'http://localhost.evil.example',
    'http://localhost@evil.example',
    'http://localhost/evil',
    'http://127.1',
    'file://',
    'http://localhost, http://localhost',
  ])('of %s may neither call nor ask whether it may', async (origin) => {
    for (const answer of [await call(local, { origin }), await preflight(local, origin)]) {
      expect(answer.status).toBe(403);
      expect(answer.text).toContain('server.allowedHosts');
      expect(Object.keys(answer.headers).join()).not.toContain('access-control');
    }
  });

  test('of this machine is told with what it may call', async () => {
    const origin = 'http://localhost:6274';
    expect(await preflight(local, origin)).toMatchObject({
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, DELETE',
        'access-control-allow-headers': 'content-type, mcp-protocol-version, mcp-param-a',
        vary: 'origin',
      },
    });
  });

  test('of this machine reads answers, in both eras, and refusals', async () => {
    const origin = 'http://127.0.0.1:5173';
    const legacy = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    for (const answer of [
      await call(local, { origin }),
      await send(local.url, { body: legacy, headers: { origin } }),
      await send(local.url, { body: 'no JSON', headers: { origin } }),
      await send(local.url, { method: 'GET', headers: { origin } }),
    ]) {
      expect(answer.headers['access-control-allow-origin']).toBe(origin);
      expect(answer.headers['access-control-expose-headers']).toContain('mcp-session-id');
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
  });

  test('is told so before it has a token, and why it needs one', async () => {
    await using guard = await startStaticGate({ alice: undefined });
    await using running = await startGateway({ gate: guard.gate });
    const origin = 'http://localhost:6274';
    expect((await preflight(running, origin)).status).toBe(204);
    const refused = await call(running, { origin });
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe(origin);
    expect(refused.headers['access-control-expose-headers']).toContain('www-authenticate');
  });

  test('is not spoken of to who sends no origin', async () => {
    const { headers } = await call(local, {});
    expect(Object.keys(headers).join()).not.toContain('access-control');
  });
});

describe('an address', () => {
  test('with a slash behind it is the same', async () => {
    const answer = await send(`${local.url}/`, { body: LIST, headers: modernHeaders });
    expect(answer.status).toBe(200);
  });

  test.each([
    ['POST', '/sse'],
    ['GET', '/sse'],
    ['POST', '/'],
    ['GET', '/messages'],
    ['DELETE', '//mcp'],
  ])('that is none is answered with the one that is: %s %s', async (method, path) => {
    const url = local.url.replace('/mcp', path);
    const answer = await send(url, { method, ...(method === 'POST' && { body: LIST }) });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toMatchObject({
      jsonrpc: '2.0',
      error: {
        message: expect.stringContaining(`The MCP endpoint of this server is ${local.url};`),
      },
    });
  });

  test('asked in another way is answered with the way', async () => {
    for (const method of ['GET', 'DELETE', 'PUT', 'OPTIONS']) {
      const answer = await send(local.url, { method, headers: { accept: 'text/event-stream' } });
      expect(answer).toMatchObject({ status: 405, headers: { allow: 'POST' } });
      expect(answer.text).toContain(`Messages are sent to ${local.url} with POST`);
    }
  });

  test('opened in a browser shows what this is and how to add it', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    for (const [path, status] of [
      ['/mcp', 200],
      ['/', 200],
      ['/sse', 404],
    ] as const) {
      const answer = await send(local.url.replace('/mcp', path), { method: 'GET', headers });
      expect(answer).toMatchObject({
        status,
        headers: { 'content-type': 'text/html; charset=utf-8' },
        text: expect.stringContaining(`claude mcp add --transport http longhaul ${local.url}<`),
      });
      expect(answer.headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  test('opened in a browser where callers have tokens has a place for one', async () => {
    await using guard = await startStaticGate({ alice: undefined });
    await using running = await startGateway({ gate: guard.gate });
    const answer = await send(running.url, { method: 'GET', headers: { accept: 'text/html' } });
    expect(answer.text).toContain('--header &quot;Authorization: Bearer TOKEN&quot;');
  });
});

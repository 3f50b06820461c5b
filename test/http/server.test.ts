import { expect, test } from '@jest/globals';
import { isLoopback } from '../../src/http/loopback.ts';
import { listen, readRequest, sendJson } from '../../src/http/server.ts';

const setWith = { host: '--host', port: '--port' };

/** A server that answers with the number of bytes that it has read, at most ten. */
const start = async (port = 0, host = '127.0.0.1') =>
  listen({ host, port, setWith }, async (request, response) => {
    if (request.url === '/broken') throw new Error('a secret');
    sendJson(response, 200, { bytes: (await readRequest(request, 10))?.byteLength ?? null });
  });

test('a body is read up to its bound, and a larger one is answered, too', async () => {
  await using server = await start();
  const post = async (body: string) =>
    (await fetch(server.origin, { method: 'POST', body })).json();
  expect(await post('0123456789')).toEqual({ bytes: 10 });
  expect(await post('0123456789a')).toEqual({ bytes: null });
  expect(await post('x'.repeat(10_000))).toEqual({ bytes: null });
});

test('an answer that fails is one all the same, and says nothing of the reason', async () => {
  await using server = await start();
  const answer = await fetch(`${server.origin}/broken`);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('secret');
});

test('an address that cannot be used is said to be so, with what chooses another', async () => {
  await using server = await start();
  const port = Number(new URL(server.origin).port);
  await expect(start(port)).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken; stop the program that has it, or choose another with --port`,
  );
  await expect(start(0, '203.0.113.1')).rejects.toThrow(
    '203.0.113.1 is no address of this machine; choose another with --host',
  );
});

test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('%s is this machine', (host) => {
  expect(isLoopback(host)).toBe(true);
});

test.each(['0.0.0.0', '::', 'localhost.evil.example', '127.0.0.1.evil.example', '128.0.0.1'])(
  '%s may be another machine',
  (host) => {
    expect(isLoopback(host)).toBe(false);
  },
);

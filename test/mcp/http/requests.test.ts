import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import type { TakeCallback } from '../../../src/mcp/http/callbacks.ts';
import { startStaticGate } from '../../support/gateways/static-gate.ts';
import {
  LIST,
  modernHeaders,
  send,
  startGateway,
  toModern,
} from '../../support/gateways/http-gateway.ts';

describe('a message that is none', () => {
  test.each([
    ['no JSON', '{"jsonrpc":', 400, -32700],
    ['an empty body', '', 400, -32700],
    ['JSON that is no message', '{"hello":1}', 400, -32600],
    ['null', 'null', 400, -32600],
    ['an empty batch', '[]', 400, -32600],
    ['nesting without end', '['.repeat(100_000) + ']'.repeat(100_000), 400, -32600],
    ['a body above the limit', `"${'x'.repeat(1_200_000)}"`, 413, -32600],
    ['a body far above the limit', `"${'x'.repeat(4_000_000)}"`, 413, -32600],
  ])('%s gets its JSON-RPC error', async (_, body, status, code) => {
    await using running = await startGateway();
    const answer = await send(running.url, { body, headers: modernHeaders });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', id: null, error: { code } });
    expect((await send(running.url, { body: LIST, headers: modernHeaders })).status).toBe(200);
  });

  test('a body of another type is refused', async () => {
    await using running = await startGateway();
    const headers = { ...modernHeaders, 'content-type': 'text/plain' };
    expect((await send(running.url, { body: LIST, headers })).status).toBe(415);
  });

  test.each([
    ['initialize', { protocolVersion: 5 }],
    ['tools/list', { cursor: 5 }],
  ])('parameters of %s that do not fit are called so', async (method, params) => {
    await using running = await startGateway();
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    expect((await send(running.url, { body })).text).toContain(
      `"code":-32602,"message":"Invalid params for ${method}`,
    );
  });

  test('a body just below the limit is served', async () => {
    await using running = await startGateway({ maxBodyBytes: 2000 });
    const padded = LIST + ' '.repeat(2000 - LIST.length);
    expect((await send(running.url, { body: padded, headers: modernHeaders })).status).toBe(200);
    const over = await send(running.url, { body: `${padded} `, headers: modernHeaders });
    expect(over.status).toBe(413);
  });
});

test('a refusal travels as HTTP 200 (clients.md 15)', async () => {
  await using running = await startGateway();
  const body = toModern('tools/call', { name: 'list_operations', arguments: { x: 1 } });
  const answer = await send(running.url, { body, headers: modernHeaders });
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.text)).toMatchObject({ result: { isError: true } });
});

test('GET and DELETE on the endpoint are answered 405 (clients.md 27)', async () => {
  await using running = await startGateway();
  for (const method of ['GET', 'DELETE']) {
    expect((await send(running.url, { method })).status).toBe(405);
  }
});

test('a missing Mcp-Name on tools/call is refused, as the specification demands', async () => {
  await using running = await startGateway();
  const headers = { ...modernHeaders, 'mcp-name': undefined };
  const answer = await send(running.url, { body: LIST, headers });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({ error: { code: -32020 } });
});

test('a missing Mcp-Name on tasks requests is filled in, a wrong one refused (clients.md 17)', async () => {
  await using running = await startGateway();
  const headers = { ...modernHeaders, 'mcp-method': 'tasks/get' };
  const without = { ...headers, 'mcp-name': undefined };
  const body = toModern('tasks/get', { taskId: 'a.b' });
  const filled = await send(running.url, { body, headers: without });
  expect(JSON.parse(filled.text)).toMatchObject({ error: { code: -32021 } });
  const wrong = await send(running.url, { body, headers });
  expect(JSON.parse(wrong.text)).toMatchObject({ error: { code: -32020 } });
});

describe('a callback of an upstream', () => {
  const taken: { token: string; body: string; type: string | undefined }[] = [];
  const takeCallback: TakeCallback = async ({ token, body, header }) => {
    taken.push({ token, body, type: header('content-type') });
    if (token === 'away') throw new OperationError('BACKEND_UNAVAILABLE', 'Temporal is away');
    return Promise.resolve(token === 'known' ? 'taken' : 'unknown');
  };

  test('needs neither a token of a caller nor a Host that is listed', async () => {
    await using callers = await startStaticGate({ me: [] });
    await using running = await startGateway({ takeCallback, gate: callers.gate });
    const at = new URL('/callbacks/known', running.url).href;
    const headers = { host: 'longhaul.example.com', 'content-type': 'text/plain' };
    expect((await send(at, { body: 'made', headers })).status).toBe(202);
    expect(taken.at(-1)).toEqual({ token: 'known', body: 'made', type: 'text/plain' });
  });

  test.each([
    ['that nobody waits for', 'other', '{}', 404],
    ['that is too large', 'known', 'x'.repeat(262_145), 413],
    ['that cannot be kept', 'away', '{}', 503],
  ])('%s is refused', async (_, token, body, status) => {
    await using running = await startGateway({ takeCallback });
    const at = new URL(`/callbacks/${token}`, running.url).href;
    expect((await send(at, { body })).status).toBe(status);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  LIST,
  modernHeaders,
  send,
  startGateway,
  toModern,
} from '../../support/gateways/http-gateway.ts';

/** Means the same as the bare name, in a form that is left to the SDK's handler. */
const encode = (name: string) => `=?base64?${Buffer.from(name).toString('base64')}?=`;

const VERSION = 'io.modelcontextprotocol/protocolVersion';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';

/** A call with another envelope. */
function withMeta(changes: object): string {
  const message = JSON.parse(LIST) as { readonly params: { readonly _meta: object } };
  const { params } = message;
  return JSON.stringify({
    ...message,
    params: { ...params, _meta: { ...params._meta, ...changes } },
  });
}

describe('a plain call is answered as the SDK would', () => {
  test.each([
    ['an answer', 'list_operations', LIST],
    [
      'a refusal',
      'list_operations',
      toModern('tools/call', { name: 'list_operations', arguments: { x: 1 } }),
    ],
    ['an error of the protocol', 'no_such_tool', toModern('tools/call', { name: 'no_such_tool' })],
    [
      'arguments of another type',
      'list_operations',
      toModern('tools/call', { name: 'list_operations', arguments: 1 }),
    ],
    ['capabilities that are none', 'list_operations', withMeta({ [CAPABILITIES]: 1 })],
    ['no capabilities', 'list_operations', withMeta({ [CAPABILITIES]: undefined })],
    ['a version that is none', 'list_operations', withMeta({ [VERSION]: 1 })],
    ['an id that is none', 'list_operations', LIST.replace('"id":1', '"id":1.5')],
    ['a field that no request has', 'list_operations', LIST.replace('"id":1', '"id":1,"more":1')],
  ])('%s', async (_, name, body) => {
    await using running = await startGateway();
    const call = (mcpName: string) =>
      send(running.url, { body, headers: { ...modernHeaders, 'mcp-name': mcpName } });
    const plain = await call(name);
    const whole = await call(encode(name));
    expect(JSON.parse(plain.text)).toEqual(JSON.parse(whole.text));
    expect(plain.status).toBe(whole.status);
    expect(plain.headers['content-type']).toBe(whole.headers['content-type']);
  });
});

// A batch of one call is left to the SDK's handler.
describe('a plain call of the earlier era is answered as the SDK would', () => {
  test.each([
    ['an answer', { name: 'list_operations', arguments: {} }],
    ['a refusal', { name: 'list_operations', arguments: { x: 1 } }],
    ['an error of the protocol', { name: 'no_such_tool' }],
    ['arguments of another type', { name: 'list_operations', arguments: 1 }],
    ['no name', { arguments: {} }],
  ])('%s', async (_, params) => {
    await using running = await startGateway();
    const message = { jsonrpc: '2.0', id: 1, method: 'tools/call', params };
    const call = (body: object) => send(running.url, { body: JSON.stringify(body) });
    const plain = await call(message);
    const whole = await call([message]);
    expect(plain.text).toBe(whole.text);
    const { date, ...headers } = whole.headers;
    expect(plain).toMatchObject({ status: whole.status, headers });
    expect(date).toBeDefined();
  });
});

test.each([
  ['a version that is not known', { 'mcp-protocol-version': '1999-01-01' }, 400],
  ['no form of an answer', { accept: 'text/event-stream' }, 406],
])('a call of the earlier era that asks for %s is refused', async (_, headers, status) => {
  await using running = await startGateway();
  const params = { name: 'list_operations', arguments: {} };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params });
  expect((await send(running.url, { body, headers })).status).toBe(status);
});

test('a plain call is answered in one piece', async () => {
  await using running = await startGateway();
  const { headers, text } = await send(running.url, { body: LIST, headers: modernHeaders });
  expect(headers['content-length']).toBe(String(Buffer.byteLength(text)));
});

test.each([
  ['another name', { 'mcp-name': 'resolve_task_status' }],
  ['another method', { 'mcp-method': 'tools/list' }],
  ['another revision', { 'mcp-protocol-version': '2025-11-25' }],
])('headers that say %s than the body are refused', async (_, change) => {
  await using running = await startGateway();
  const headers = { ...modernHeaders, ...change };
  const answer = await send(running.url, { body: LIST, headers });
  expect(answer.status).toBe(400);
  expect(JSON.parse(answer.text)).toMatchObject({ id: 1, error: { code: -32020 } });
});

// What clients send in place of arguments, in both eras and over both transports: the model reads a refusal, or nothing was
// wrong. An error of the protocol would end the turn of some clients before the model sees it (clients.md 30).
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { serveStdioGateway } from '../../src/mcp/stdio/gateway.ts';
import { createFace } from '../support/gateways/face.ts';
import {
  modernHeaders,
  send,
  startGateway,
  type Running,
} from '../support/gateways/http-gateway.ts';
import { toModernMeta } from './hostile-calls.ts';

type Params = Readonly<Record<string, unknown>>;
type Ask = (method: string, params: unknown) => Promise<{ result?: unknown; error?: unknown }>;

const toMessage = (method: string, params: unknown) =>
  JSON.stringify({ jsonrpc: '2.0', id: 'odd', method, params });
const toModern = (params: unknown) =>
  typeof params === 'object' ? { ...params, _meta: toModernMeta({}) } : params;

let running: Running;
beforeAll(async () => {
  running = await startGateway({}, { tools: { pair: true, typed: true, inlineWaitSeconds: 0 } });
});
afterAll(async () => running[Symbol.asyncDispose]());

const parse = (text: string) => JSON.parse(text.replace(/^[^]*?^data: /m, '')) as never;

/** One line to a gateway on stdio, after a hello. */
async function askOnStdio(hello: string, line: string): Promise<never> {
  const { factory } = createFace({ tools: { pair: true, typed: true, inlineWaitSeconds: 0 } });
  const input = new PassThrough();
  const output = new PassThrough();
  const served = serveStdioGateway({ factory, input, output });
  const lines = createInterface({ input: output })[Symbol.asyncIterator]();
  input.write(`${hello}\n`);
  await lines.next();
  input.write(`${line}\n`);
  const { value } = (await lines.next()) as { value: string };
  input.end();
  await served;
  return JSON.parse(value) as never;
}

const clientInfo = { name: 'odd', version: '1' };
const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
const WAYS: Readonly<Record<string, Ask>> = {
  'legacy, HTTP': async (method, params) =>
    parse((await send(running.url, { body: toMessage(method, params) })).text),
  'modern, HTTP': async (method, params) => {
    const { name } = params as { name: string };
    const headers = { ...modernHeaders, 'mcp-method': method, 'mcp-name': name };
    const body = toMessage(method, toModern(params));
    return parse((await send(running.url, { body, headers })).text);
  },
  'legacy, stdio': (method, params) =>
    askOnStdio(toMessage('initialize', initialize), toMessage(method, params)),
  'modern, stdio': (method, params) =>
    askOnStdio(
      toMessage('server/discover', { _meta: toModernMeta({}) }),
      toMessage(method, toModern(params)),
    ),
};

const SLEEP = { name: 'sleep', arguments: { seconds: 1 } };
const LIST = { name: 'list_operations', arguments: {} };

describe.each(Object.entries(WAYS))('%s:', (_way, ask) => {
  test.each<[string, Params]>([
    ['no arguments', { name: 'list_operations' }],
    ['null', { name: 'list_operations', arguments: null }],
    ['null for a task', { ...SLEEP, task: null }],
    ['a task without a lifetime', { ...LIST, task: null }],
  ])('%s counts as absent', async (_, params) => {
    const answer = await ask('tools/call', params);
    expect(answer).toMatchObject({ result: { structuredContent: {} } });
    expect(answer).not.toHaveProperty('result.isError', true);
  });

  test.each<[string, unknown]>([
    ['an empty text', ''],
    ['a list', []],
    ['a text', 'x'],
    ['JSON in a text', '{"seconds":1}'],
    ['a number', 5],
    ['false', false],
  ])('arguments that are %s are refused as a result', async (_, args) => {
    for (const name of ['list_operations', 'sleep']) {
      const answer = await ask('tools/call', { name, arguments: args });
      expect(answer).toMatchObject({
        result: {
          isError: true,
          content: [
            { text: expect.stringContaining(`arguments of ${name}: /: expected an object`) },
          ],
        },
      });
    }
  });
});

const LEGACY = Object.entries(WAYS).filter(([way]) => way.startsWith('legacy'));

describe.each(LEGACY)('%s:', (_way, ask) => {
  test.each<[string, unknown]>([
    ['a text', 'x'],
    ['a list', []],
    ['one whose lifetime is a text', { ttl: 'x' }],
  ])('a task that is %s is refused as a result', async (_, task) => {
    expect(await ask('tools/call', { ...SLEEP, task })).toMatchObject({
      result: { isError: true, content: [{ text: expect.stringContaining('/task') }] },
    });
  });

  test.each<[string, unknown]>([
    ['null', null],
    ['a text', 'x'],
    ['a list', []],
    ['without a progress token', { progressToken: null }],
    ['with a progress token that is none', { progressToken: {} }],
  ])('a _meta that is %s says nothing', async (_, meta) => {
    expect(await ask('tools/call', { ...LIST, _meta: meta })).toMatchObject({
      result: { structuredContent: {} },
    });
  });

  test('params that are null are none', async () => {
    expect(await ask('tools/list', null)).toHaveProperty('result.tools.0.name');
  });
});

test('the modern era knows no task parameter, and looks at none', async () => {
  for (const task of ['x', [], { ttl: 'x' }]) {
    expect(await WAYS['modern, HTTP']!('tools/call', { ...SLEEP, task })).toMatchObject({
      result: { structuredContent: { operation_type: 'sleep' } },
    });
  }
});

// Tools of other servers: listed as their servers list them, and answered as their servers answer.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import type { JsonObject } from '../../../src/contract/json.ts';
import { toUpstreamOperations } from '../../../src/operations/kinds/mcp/operations.ts';
import { toListing } from '../../../src/operations/kinds/mcp/tools.ts';
import { upstreams } from '../../../src/operations/kinds/mcp/upstream.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { createFace } from '../../support/gateways/face.ts';

const LISTED = {
  name: 'paint',
  title: 'Paint',
  description: 'Paints.',
  inputSchema: {
    type: 'object',
    properties: { colour: { type: ['string', 'null'] }, idempotency: { const: 1 } },
    required: ['colour'],
  },
  annotations: { readOnlyHint: false, title: 'Paint it' },
  icons: [{ src: 'https://example.com/a.png' }],
  _meta: { 'example.com/shelf': 3 },
};
const KEYED = {
  name: 'keyed',
  description: 'Has the name of our argument.',
  inputSchema: { type: 'object', properties: { idempotency_key: { type: 'number' } } },
};
const RESULT: JsonObject = {
  content: [
    { type: 'image', data: 'AAEC', mimeType: 'image/png' },
    { type: 'resource', resource: { uri: 'file:///b', blob: 'AAEC' } },
    { type: 'text', text: '{"not":"ours"}' },
  ],
  structuredContent: { a: null },
  isError: true,
  _meta: { 'example.com/k': 'v' },
};

const upstream = { ...upstreams.parse({ shelf: { command: 'true' } })['shelf']!, name: 'shelf' };
const listing = toListing('shelf', [LISTED, KEYED]);
const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
const registry = createRegistry(operations);

describe.each(['legacy', 'auto'] as const)('in the era that %s chooses', (mode) => {
  const connect = async (face: ReturnType<typeof createFace>): Promise<Client> => {
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const { url, fetch } = face.target;
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
    return client;
  };

  test('a tool is listed as its server lists it, and with the argument for the key', async () => {
    const client = await connect(createFace({ registry }));
    const { tools } = await client.listTools();
    const find = (wanted: string): object => {
      const { execution, ...tool } = tools.find(({ name }) => name === wanted)!;
      expect(execution?.taskSupport).toBe(mode === 'legacy' ? 'optional' : undefined);
      return tool;
    };
    const { inputSchema, ...rest } = LISTED;
    expect(find('paint')).toEqual({
      ...rest,
      inputSchema: {
        ...inputSchema,
        properties: { ...inputSchema.properties, idempotency_key: expect.anything() as object },
      },
    });
    expect(find('keyed')).toEqual(KEYED);
    await client.close();
  });

  test('an answer is handed on as it came, whatever is in it', async () => {
    const face = createFace({ registry });
    const client = await connect(face);
    const calling = client.callTool({ name: 'keyed', arguments: { idempotency_key: 7 } });
    await face.tasks.whenWaiting();
    const [task] = (await face.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
    face.tasks.set(task!.taskRef, { status: 'completed', result: RESULT, attempt: 1 });
    const { _meta: meta = {}, ...answer } = await calling;
    const { 'io.modelcontextprotocol/serverInfo': ours, ...theirs } = meta;
    expect(ours !== undefined).toBe(mode === 'auto');
    expect({ ...answer, _meta: theirs }).toEqual(RESULT);
    const { structuredContent } = await client.callTool({
      name: 'resolve_task_status',
      arguments: { task_ref: task!.taskRef },
    });
    expect(structuredContent).toMatchObject({ status: 'completed', result: RESULT });
    await client.close();
  });
});

test('an answer with an error is a failed task of 2025-11-25, as that revision says', async () => {
  const face = createFace({ registry });
  const client = new Client({ name: 'test', version: '1' });
  const { url, fetch } = face.target;
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  const params = { name: 'keyed', arguments: { idempotency_key: 7 }, task: {} };
  const anything = z.looseObject({});
  await client.request({ method: 'tools/call', params }, anything);
  const [task] = (await face.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
  const { taskRef: taskId } = task!;
  face.tasks.set(taskId, { status: 'completed', result: RESULT, attempt: 1 });
  const get = { method: 'tasks/get', params: { taskId } };
  expect(await client.request(get, anything)).toMatchObject({ status: 'failed' });
  const list = await client.request({ method: 'tasks/list', params: {} }, anything);
  expect(list).toMatchObject({ tasks: [{ taskId, status: 'failed' }] });
  const result = await client.request({ method: 'tasks/result', params: { taskId } }, anything);
  expect(result).toMatchObject({
    ...RESULT,
    _meta: expect.objectContaining({ 'example.com/k': 'v' }) as never,
  });
  await client.close();
});

const FILE: JsonObject = {
  uri: `longhaul://files/${'a'.repeat(64)}`,
  ...{ mimeType: 'application/json', size: 400_000, sha256: 'b'.repeat(64), isError: true },
};
const LARGE: JsonObject = {
  content: [{ type: 'image', data: 'A'.repeat(400_000), mimeType: 'image/png' }],
  isError: true,
};

const BUDGET = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: 5_000 };

describe.each([
  ['above the budget', LARGE],
  ['that has become a file', FILE],
])('an answer %s', (_, result) => {
  const end = async (face: ReturnType<typeof createFace>): Promise<string> => {
    const [task] = (await face.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
    face.tasks.set(task!.taskRef, { status: 'completed', result, attempt: 1 });
    return task!.taskRef;
  };
  const open = async (mode: 'legacy' | 'auto') => {
    const face = createFace({ registry, tools: BUDGET });
    const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
    const { url, fetch } = face.target;
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
    return { face, client };
  };

  test.each(['legacy', 'auto'] as const)(
    'is an error of its tool, and shown within the budget by both tools, where %s is chosen',
    async (mode) => {
      const { face, client } = await open(mode);
      const calling = client.callTool({ name: 'keyed', arguments: { idempotency_key: 7 } });
      await face.tasks.whenWaiting();
      const taskRef = await end(face);
      const called = await calling;
      expect(called.isError).toBe(true);
      const read = await client.callTool({
        name: 'resolve_task_status',
        arguments: { task_ref: taskRef },
      });
      expect(read.structuredContent).toMatchObject({ status: 'completed' });
      for (const answer of [called, read]) {
        expect(JSON.stringify(answer).length).toBeLessThan(100_000);
        expect(JSON.stringify(answer)).toMatch(/result_preview|longhaul:\/\/files/);
      }
      await client.close();
    },
  );

  test('is a failed task of 2025-11-25, whose result is an error', async () => {
    const { face, client } = await open('legacy');
    const params = { name: 'keyed', arguments: { idempotency_key: 7 }, task: {} };
    const anything = z.looseObject({});
    await client.request({ method: 'tools/call', params }, anything);
    const taskId = await end(face);
    const ask = async (method: string) => client.request({ method, params: { taskId } }, anything);
    expect(await ask('tasks/get')).toMatchObject({ status: 'failed' });
    expect(await ask('tasks/list')).toMatchObject({ tasks: [{ status: 'failed' }] });
    const shown = await ask('tasks/result');
    expect(shown['isError']).toBe(true);
    expect(JSON.stringify(shown).length).toBeLessThan(100_000);
    await client.close();
  });
});

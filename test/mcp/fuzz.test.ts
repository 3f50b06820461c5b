// What strangers can send to the endpoint, at random. Whatever it is, the caller gets an answer of the protocol that blames
// the call and not the server, shows nothing of anybody else, and leaves the gateway as it was. fast-check prints the
// seed of what fails; TEST_SEED replays it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isJsonObject } from '../../src/contract/json.ts';
import { createFiles } from '../../src/storage/files.ts';
import { DEFAULT_POLLING } from '../support/gateways/face.ts';
import {
  LIST,
  modernHeaders,
  send,
  startGateway,
  type Answer,
  type Running,
} from '../support/gateways/http-gateway.ts';
import {
  createHostileRegistry,
  hostileCall,
  hostileHandle,
  hostileMessage,
  hostileMeta,
  hostileResponses,
  hostileState,
  SECRET,
  startTargets,
  toModernMeta,
  type Handles,
} from './hostile-calls.ts';
import { headerText, hostileJson, hostileText } from '../support/operations/hostile-values.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';

/** Bounds of one property; a call that gets no answer fails it. */
const RUNS = { numRuns: 150, timeout: 100_000, interruptAfterTimeLimit: 60_000 };

let running: Running;
let handles: Handles;
let foreignFile: string;
beforeAll(async () => {
  const files = createFiles({ store: createMemoryStore().store, maxBytes: 10_000 });
  foreignFile = (await files.write('bob', [Buffer.from(SECRET)], 'text/plain')).uri;
  running = await startGateway(
    {},
    {
      files,
      registry: createHostileRegistry(),
      polling: { ...DEFAULT_POLLING, waitCapSeconds: 0, holdSeconds: 0 },
      tools: { pair: true, typed: true, inlineWaitSeconds: 0 },
    },
  );
  handles = await startTargets(running.tasks);
});
afterAll(async () => running[Symbol.asyncDispose]());

const LEGACY = { 'mcp-protocol-version': '2025-11-25' };

/** Headers of a modern request, as far as a header can carry what the body says. */
const toHeaders = (method: string, name: string): Record<string, string | undefined> => ({
  ...modernHeaders,
  'mcp-method': method,
  'mcp-name': /^[\x21-\x7e]{1,4000}$/.test(name) ? name : undefined,
});

async function post(
  method: string,
  params: object,
  headers: Record<string, string | undefined>,
): Promise<void> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
  judge(await send(running.url, { body, headers }));
}

/** Fails unless an answer blames the call, within bounds and without a word about the inside. */
function judge({ status, text }: Answer): void {
  expect([200, 202, 400, 403, 404, 405, 406, 413, 415]).toContain(status);
  expect(text.length).toBeLessThan(100_000);
  expect(text).not.toMatch(/node_modules|node:internal|\.ts:\d|RangeError|TypeError|Cannot read/);
  expect(text).not.toContain(SECRET);
  expect(text).not.toMatch(/\\ud[89a-f]/i); // half a surrogate pair, which no UTF-8 can carry
  for (const { error, result } of toMessages(text)) {
    expect(error?.code).not.toBe(-32_603);
    const refusal = result?.isError === true ? result.content?.[0]?.text : undefined;
    if (refusal !== undefined) {
      expect(JSON.parse(refusal)).not.toMatchObject({ error: { code: 'INTERNAL' } });
    }
  }
}

interface Message {
  readonly error?: { readonly code: number };
  readonly result?: {
    readonly isError?: boolean;
    readonly content?: readonly { readonly text?: string }[];
  };
}

function toMessages(text: string): readonly Message[] {
  const lines = /^[{[]/.test(text)
    ? [text]
    : text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
  return lines.flatMap((line) => JSON.parse(line) as Message | Message[]);
}

test('calls of tools', async () => {
  const handle = fc.option(hostileHandle);
  const property = fc.asyncProperty(
    hostileCall,
    handle,
    fc.option(hostileMeta),
    async ({ name, args }, toHandle, _meta) => {
      const given =
        toHandle && isJsonObject(args) ? { ...args, task_ref: toHandle(handles) } : args;
      const params = { name, arguments: given, ...(_meta !== null && { _meta }) };
      await post('tools/call', params, _meta === null ? LEGACY : toHeaders('tools/call', name));
    },
  );
  await fc.assert(property, { ...RUNS, numRuns: 300 });
});

test('methods of tasks', async () => {
  const method = fc.constantFrom('tasks/get', 'tasks/update', 'tasks/cancel', 'tasks/list');
  const property = fc.asyncProperty(
    method,
    hostileHandle,
    hostileResponses,
    fc.option(hostileJson),
    fc.option(hostileMeta),
    async (name, toHandle, inputResponses, cursor, _meta) => {
      const taskId = toHandle(handles);
      const given = name === 'tasks/list' ? { cursor } : { taskId, inputResponses };
      const params = { ...given, ...(_meta !== null && { _meta }) };
      await post(name, params, _meta === null ? LEGACY : toHeaders(name, taskId));
    },
  );
  await fc.assert(property, RUNS);
});

test('what a client sends back with its answers', async () => {
  const property = fc.asyncProperty(
    hostileState,
    hostileResponses,
    async (toState, inputResponses) => {
      const _meta = toModernMeta({ elicitation: {} });
      const requestState = toState(handles);
      const params = { name: 'refund', arguments: {}, requestState, inputResponses, _meta };
      await post('tools/call', params, toHeaders('tools/call', 'refund'));
    },
  );
  await fc.assert(property, RUNS);
});

test('messages of any form', async () => {
  const property = fc.asyncProperty(
    hostileMessage,
    fc.constantFrom(modernHeaders, LEGACY, {}),
    async (body, headers) => {
      judge(await send(running.url, { body, headers }));
    },
  );
  await fc.assert(property, RUNS);
});

test('headers', async () => {
  const names = [
    ...['accept', 'authorization', 'content-type', 'cookie', 'host', 'last-event-id', 'origin'],
    ...['mcp-method', 'mcp-name', 'mcp-param-x', 'mcp-protocol-version', 'mcp-session-id'],
  ];
  const given = fc.dictionary(fc.constantFrom(...names), headerText, { minKeys: 1, maxKeys: 4 });
  const method = fc.constantFrom('POST', 'GET', 'DELETE', 'OPTIONS', 'PUT', 'PATCH');
  const property = fc.asyncProperty(given, method, async (headers, verb) => {
    const answer = { method: verb, body: LIST, headers: { ...modernHeaders, ...headers } };
    judge(await send(running.url, answer));
  });
  await fc.assert(property, RUNS);
});

const fileUri = fc.oneof(
  hostileText.map((text) => () => text),
  hostileText.map((text) => () => `${foreignFile}${text}`),
  hostileText.map((text) => () => `${foreignFile}?${text}`),
  fc.tuple(hostileText, hostileText).map(
    ([offset, length]) =>
      () =>
        `${foreignFile}?offset=${offset}&length=${length}`,
  ),
);

test('URIs of files', async () => {
  const property = fc.asyncProperty(fileUri, fc.boolean(), async (toUri, isModern) => {
    const uri = toUri();
    const params = { uri, ...(isModern && { _meta: toModernMeta({}) }) };
    await post('resources/read', params, isModern ? toHeaders('resources/read', uri) : LEGACY);
  });
  await fc.assert(property, RUNS);
});

test('files over HTTP', async () => {
  const headers = fc.dictionary(
    fc.constantFrom('range', 'content-type', 'if-none-match'),
    headerText,
  );
  const method = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE');
  const property = fc.asyncProperty(fileUri, headers, method, async (toUri, given, verb) => {
    const name = toUri().replace('longhaul://files/', '/');
    const path = encodeURI(Buffer.from(name).toString()).replaceAll(/[^\x21-\x7e]/g, '');
    const url = running.url.replace(/mcp$/, `files${path}`);
    const { status, text } = await send(url, { method: verb, headers: given, body: 'x' });
    expect([200, 201, 206, 400, 404, 405, 413, 415, 416, 431]).toContain(status);
    expect(text).not.toMatch(/node_modules|node:internal|\.ts:\d|RangeError|TypeError/);
    expect(text).not.toContain(SECRET);
  });
  await fc.assert(property, RUNS);
});

test('after all that the gateway is as it was', async () => {
  expect((await send(running.url, { body: LIST, headers: modernHeaders })).status).toBe(200);
  expect(running.errors).toEqual([]);
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(await running.tasks.read({ principal: 'bob' }, handles[2])).toMatchObject({
    state: { status: 'completed', result: SECRET },
  });
});

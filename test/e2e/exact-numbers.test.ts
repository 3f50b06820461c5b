// Numbers that no double holds, in at one end and out at the other with the same digits: over every face and transport,
// through Temporal, a worker and an upstream that says back what it was sent.
import { PassThrough } from 'node:stream';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseJson } from '../../src/contract/json/exact-number.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { serveStdioGateway } from '../../src/mcp/stdio/gateway.ts';
import { defineHttpOperation } from '../../src/operations/kinds/http/operation.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/calls/search-attributes.ts';
import { send, startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { WITH_TASKS } from '../support/clients/json-rpc.ts';
import { openTestGateway, startTestWorker } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal } from '../support/temporal/server.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/peers/upstream.ts';

const LIMIT_MS = 240_000;
const META = 'io.modelcontextprotocol/';

/** Sends one message, as text, and resolves to the message that answers it. */
type Exchange = (message: JsonObject) => Promise<Json>;

const opened: AsyncDisposable[] = [];
let upstream: FakeUpstream;
let gateway: Running;
let overStdio: Record<'modern' | 'legacy', Exchange>;
let ids = 0;

function createEchoes(url: string): Registry {
  const echo = (name: string, inlineWaitSeconds?: number) =>
    defineHttpOperation(name, {
      kind: 'http',
      description: 'Says back what it is sent.',
      input: {
        properties: { value: {}, order: { type: 'integer' } },
        required: ['value', 'order'],
      },
      idempotencyKey: 'order-{order}',
      ...(inlineWaitSeconds !== undefined && { inlineWaitSeconds }),
      request: {
        method: 'POST',
        url: `${url}/orders/{order}?again={order}`,
        headers: { 'X-Order': '{order}' },
        body: { value: '{value}', order: '{order}', text: 'order {order}' },
      },
    });
  return createRegistry([echo('echo'), echo('echo_inline', 60)]);
}

async function overHttp(message: JsonObject): Promise<Json> {
  const { method, params } = message as { method: string; params: JsonObject };
  const name = params['taskId'] ?? params['name'];
  const isModern = '_meta' in params;
  const { text } = await send(gateway.url, {
    headers: {
      'mcp-protocol-version': isModern ? '2026-07-28' : '2025-11-25',
      ...(isModern && { 'mcp-method': method, 'mcp-name': name as string }),
    },
    body: JSON.stringify(message),
  });
  const line = text.startsWith('{') ? text : (/^data: (\{.*"id".*\})$/m.exec(text)?.[1] ?? '');
  return parseJson(line) as Json;
}

function openStdio(): Exchange {
  const [input, output, ending] = [new PassThrough(), new PassThrough(), new AbortController()];
  const served = serveStdioGateway({
    factory: gateway.factory,
    input,
    output,
    signal: ending.signal,
  });
  const waiting = new Map<unknown, (message: Json) => void>();
  createInterface(output).on('line', (line) => {
    const message = parseJson(line) as JsonObject;
    waiting.get(message['id'])?.(message);
  });
  opened.push({
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await served;
    },
  });
  return async (message) =>
    new Promise((resolve) => {
      waiting.set(message['id'], resolve);
      input.write(`${JSON.stringify(message)}\n`);
    });
}

beforeAll(async () => {
  upstream = await startFakeUpstream(({ text }, response) => {
    response.setHeader('content-type', 'application/json').end(text);
    return undefined;
  });
  opened.push(upstream);
  const registry = createEchoes(upstream.url);
  const temporal = await startTestTemporal(SEARCH_ATTRIBUTES);
  opened.push(temporal);
  const tasks = await openTestGateway(temporal.address, registry);
  opened.push(tasks);
  const worker = await startTestWorker(tasks, registry);
  opened.push({ [Symbol.asyncDispose]: () => worker.stop() });
  gateway = await startGateway({}, { registry, tasks: tasks.tasks });
  opened.push(gateway);
  overStdio = { modern: openStdio(), legacy: openStdio() };
  await overStdio.legacy({
    ...{ jsonrpc: '2.0', id: 'initialize', method: 'initialize' },
    params: {
      protocolVersion: '2025-11-25',
      capabilities: {},
      clientInfo: { name: 'raw', version: '1' },
    },
  });
}, LIMIT_MS);

afterAll(async () => {
  for (const live of opened.reverse()) await live[Symbol.asyncDispose]();
}, LIMIT_MS);

/** One call over a transport, as a client of the modern era or of 2025-11-25. */
type Call = (method: string, params: JsonObject) => Promise<JsonObject>;

function toCall(exchange: Exchange, capabilities: JsonObject | null): Call {
  return async (method, params) => {
    ids += 1;
    const _meta = {
      [`${META}protocolVersion`]: '2026-07-28',
      [`${META}clientCapabilities`]: capabilities,
    };
    const answer = (await exchange({
      ...{ jsonrpc: '2.0', id: ids, method },
      params: capabilities ? { ...params, _meta } : params,
    })) as JsonObject;
    if (!('result' in answer)) throw new Error(JSON.stringify(answer));
    return answer['result'] as JsonObject;
  };
}

/** What the text of a tool result holds; it says the same as its structured content. */
function read(result: JsonObject): JsonObject {
  const [{ text }] = result['content'] as unknown as [{ readonly text: string }];
  const { structuredContent = null } = result;
  if (structuredContent !== null) expect(JSON.stringify(structuredContent)).toBe(text);
  return parseJson(text) as JsonObject;
}

type Face = (call: Call, parameters: JsonObject) => Promise<Json | undefined>;

const pair: Face = async (call, parameters) => {
  const args = { operation_type: 'echo', parameters, wait_seconds: 25 };
  return read(await call('tools/call', { name: 'initiate_background_task', arguments: args }))[
    'result'
  ];
};

const typed: Face = async (call, parameters) =>
  unwrap(await call('tools/call', { name: 'echo_inline', arguments: parameters }));

const extension: Face = async (call, parameters) => {
  const { taskId = '' } = await call('tools/call', { name: 'echo', arguments: parameters });
  for (;;) {
    const { status, result } = await call('tasks/get', { taskId });
    if (status === 'completed') return unwrap(result as JsonObject);
    if (status === 'failed') throw new Error('the task failed');
  }
};

const legacyTask: Face = async (call, parameters) => {
  const { task } = await call('tools/call', { name: 'echo', arguments: parameters, task: {} });
  const { taskId = '' } = task as JsonObject;
  return unwrap(await call('tasks/result', { taskId }));
};

/** A result that is no object, or is not promised to be one, stands in the text alone. */
function unwrap({ content }: JsonObject): Json {
  const [{ text }] = content as unknown as [{ readonly text: string }];
  return parseJson(text) as Json;
}

/** Whether a double is another value: zeros at the end say nothing. */
const hasMoreThanDouble = (text: string) => String(Number(text)) !== text.replace(/0+$/, '');

const number = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 70n }).map(String),
  fc.bigInt({ min: -(2n ** 70n), max: -(2n ** 53n) }).map(String),
  fc
    .bigInt({ min: 10n ** 19n, max: 10n ** 20n - 1n })
    .map((digits) => `0.${digits}`)
    .filter(hasMoreThanDouble),
  fc.constantFrom('1e400', '0.12345678901234567890', '9223372036854775807', '7', '0.1'),
);
const { value } = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    number,
    fc.constantFrom('null', 'true', '"9007199254740993"'),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => `[${items.join()}]`),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((items) => `{${items.map((item, at) => `"k${at}":${item}`).join()}}`),
  ),
}));

describe.each<[string, Face, JsonObject | null]>([
  ['the pair', pair, {}],
  ['the pair of 2025-11-25', pair, null],
  ['a tool of its own', typed, {}],
  ['a task of the extension', extension, WITH_TASKS],
  ['a task of 2025-11-25', legacyTask, null],
])('%s', (_, face, capabilities) => {
  const transports: [string, () => Exchange][] = [
    ['HTTP', () => overHttp],
    ['stdio', () => overStdio[capabilities ? 'modern' : 'legacy']],
  ];
  test.each(transports)(
    'brings every digit back over %s',
    async (_name, exchange) => {
      const call = toCall(exchange(), capabilities);
      let order = 2n ** 60n + BigInt(Math.floor(Math.random() * 2 ** 50));
      await fc.assert(
        fc.asyncProperty(value, async (text) => {
          order += 1n; // neighbours, which are one double
          const sent = `{"value":${text},"order":${order}}`;
          const result = await face(call, parseJson(sent) as JsonObject);
          expect(JSON.stringify(result)).toBe(
            `{"value":${text},"order":${order},"text":"order ${order}"}`,
          );
          expect(upstream.requests.at(-1)).toMatchObject({
            path: `/orders/${order}?again=${order}`,
            headers: { 'x-order': String(order) },
          });
        }),
        { numRuns: 5 },
      );
    },
    LIMIT_MS,
  );
});

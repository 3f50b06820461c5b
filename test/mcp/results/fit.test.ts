// The answer budget on every face: a result that does not fit is previewed, read on with read_task_result, and whole for a program.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from '@jest/globals';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { createTaskClient, fromClient, LONGHAUL_DIALECT } from '../../../src/client/index.ts';
import type { Json } from '../../../src/contract/json.ts';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';
import { createFiles } from '../../../src/storage/files.ts';
import { writeJson } from '../../../src/storage/json.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';
import { connectClient, DIALECTS, type TestClient } from '../../support/clients/mcp-clients.ts';
import { createFace, type Face } from '../../support/gateways/face.ts';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { createMemoryStore } from '../../support/peers/memory-store.ts';

const BUDGET = 2_000;
const ME = { principal: 'local' };
const tools = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: BUDGET };
const orders = Array.from({ length: 1_000 }, (_, id) => ({ id, customer: `Customer ${id}` }));
const large: Json = { slept: 1, orders };

/** A task that has this result. */
async function complete(
  { tasks }: Pick<Face, 'tasks'>,
  result: Json,
  operation = 'sleep',
): Promise<string> {
  const parameters = operation === 'sleep' ? { seconds: 1 } : {};
  const request = { operation, parameters, idempotencyKey: 'k' };
  const { taskRef } = (await tasks.start(ME, request)).task;
  tasks.set(taskRef, { status: 'completed', result, attempt: 1 });
  return taskRef;
}

async function connectProgram(face: Face): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const { url, fetch } = face.target;
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  return client;
}

describe.each(DIALECTS)('over %s', (dialect) => {
  test('a large result is previewed in text and structured content alike, and read on by parts', async () => {
    const face = createFace({ tools });
    await using client = await connectClient(dialect, face.target);
    const task_ref = await complete(face, large);

    const { json, text } = await client.call('resolve_task_status', { task_ref });

    expect(json).toMatchObject({
      done: true,
      result: null,
      result_preview: {
        type: 'object of 2 keys',
        shape: { slept: 1, orders: ['list of 1000 items, the first:', {}] },
        bytes: JSON.stringify(large).length,
        uri: `longhaul://tasks/${task_ref}/result`,
      },
    });
    expect(json.next_step).toContain('call read_task_result with this task_ref and path');
    expect(estimateTokens(text)).toBeLessThan(BUDGET);

    const part = await client.call('read_task_result', { task_ref, path: '/orders/700/customer' });
    expect(part.json).toMatchObject({ task_ref, value: 'Customer 700', left: 0 });
    const found = await client.call('read_task_result', { task_ref, find: 'customer 999' });
    expect(found.json).toMatchObject({ matches: [{ path: '/orders/999/customer' }] });
  });

  test('the tool of the operation previews it, too, and its client takes that', async () => {
    const face = createFace({ tools });
    await using client = await connectClient(dialect, face.target);
    const task_ref = await complete(face, large);

    const { json } = await client.call('sleep', { seconds: 1, idempotency_key: 'k' });

    expect(json).toMatchObject({ task_ref, done: true, result: null, result_preview: {} });
  });
});

test('native tasks of both generations preview it, and show it whole to a program that asks', async () => {
  await using running = await startGateway({}, { tools });
  const taskId = await complete(running, large);
  const wish = { _meta: { 'longhaul/whole_result': true } };

  const cut = await callModern(running.url, 'tasks/get', { taskId });
  const whole = await callModern(running.url, 'tasks/get', { taskId, ...wish });
  const legacy = await callLegacy(running.url, 'tasks/result', { taskId });

  const preview = { structuredContent: { task_ref: taskId, result: null, result_preview: {} } };
  expect(cut.result).toMatchObject({ status: 'completed', result: preview });
  expect(whole.result).toMatchObject({ result: { structuredContent: { slept: 1 } } });
  expect(legacy.result).toMatchObject(preview);
});

describe('what is not cut', () => {
  const resolve = async (face: Face, client: TestClient, result: Json) => {
    const task_ref = await complete(face, result);
    return (await client.call('resolve_task_status', { task_ref })).json;
  };

  test('a result that fits', async () => {
    const face = createFace({ tools });
    await using client = await connectClient('client 2.4 modern', face.target);

    const json = await resolve(face, client, orders.slice(0, 50));

    expect(json.result).toHaveLength(50);
    expect(json).not.toHaveProperty('result_preview');
  });

  test.each([
    ['where the budget is off', { ...tools, answerBudgetTokens: 0 }],
    ['where there is no tool to read on with', { ...tools, pair: false }],
  ])('any result %s', async (_, offered) => {
    const face = createFace({ tools: offered });
    await using client = await connectClient('client 2.4 modern', face.target);
    await complete(face, large, 'batch');

    const { json } = await client.call('batch', { idempotency_key: 'k' });

    expect(json).toEqual(large);
  });

  test.each([
    ['native tasks', {}],
    ['the pair', { dialect: LONGHAUL_DIALECT }],
  ])('what a program gets by %s', async (_, options) => {
    const face = createFace({ tools });
    const client = await connectProgram(face);
    await complete(face, large);

    const program = createTaskClient(fromClient(client), options);
    const outcome = await program.run('sleep', { seconds: 1 }, { idempotencyKey: 'k' });

    expect(outcome).toEqual({ status: 'completed', result: large });
    await client.close();
  });

  test('the resource of the result', async () => {
    const face = createFace({ tools });
    const client = await connectProgram(face);
    const taskRef = await complete(face, large);

    const { contents } = await client.readResource({ uri: `longhaul://tasks/${taskRef}/result` });

    expect(contents).toEqual([
      expect.objectContaining({ mimeType: 'application/json', text: JSON.stringify(large) }),
    ]);
    const unknown = `longhaul://tasks/${taskRef.replace('k', 'l')}/result`;
    await expect(client.readResource({ uri: unknown })).rejects.toMatchObject({ code: -32_602 });
    await client.close();
  });
});

test('a field of a result of 1 MB costs less than 6,000 tokens and three calls, found by what answers say', async () => {
  const files = createFiles({ store: createMemoryStore().store, maxBytes: 4_000_000 });
  const face = createFace({ tools: { ...tools, answerBudgetTokens: 5_000 }, files });
  const rows = Array.from({ length: 12_000 }, (_, id) => ({
    id,
    customer: `Customer ${id}`,
    email: `customer-${id}@example.com`,
    paid: id % 2 === 0,
  }));
  const reference = await writeJson(files, 'local', { report: 'r-1', rows });
  expect(reference.size).toBeGreaterThan(900_000);
  const task_ref = await complete(face, reference);
  await using client = await connectClient('client 2.4 modern', face.target);

  const shown = await client.call('resolve_task_status', { task_ref });
  const found = await client.call('read_task_result', { task_ref, find: 'customer-7777@' });
  const [match] = (found.json as unknown as { matches: { path: string }[] }).matches;
  const read = await client.call('read_task_result', {
    task_ref,
    path: match!.path.replace(/email$/, 'paid'),
  });

  expect(read.json.value).toBe(false);
  const tokens = [shown, found, read].map(({ text }) => countTokens(text));
  expect(tokens.reduce((sum, one) => sum + one, 0)).toBeLessThan(1_500);
});

describe('a result that has become a file', () => {
  const open = async (result: Json) => {
    const files = createFiles({ store: createMemoryStore().store, maxBytes: 4_000_000 });
    const face = createFace({ tools, files });
    const reference = await writeJson(files, 'local', result);
    return { face, reference, task_ref: await complete(face, reference) };
  };

  test('keeps its reference beside the preview, and is read by parts', async () => {
    const { face, reference, task_ref } = await open({ orders: [...orders, ...orders, ...orders] });
    await using client = await connectClient('client 2.4 modern', face.target);

    const { json } = await client.call('resolve_task_status', { task_ref });
    expect(json).toMatchObject({
      result: reference,
      result_preview: { uri: reference.uri, bytes: reference.size, shape: {} },
    });
    expect(json.next_step).toContain('or give its uri to an operation that takes a file');

    const part = await client.call('read_task_result', { task_ref, path: '/orders/2999/id' });
    expect(part.json.value).toBe(999);
  });

  test('that is gone shows how the task ended all the same', async () => {
    const { face, reference, task_ref } = await open(large);
    const gone = {
      ...reference,
      uri: reference.uri.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
    };
    face.tasks.set(task_ref, { status: 'completed', result: gone, attempt: 1 });
    await using client = await connectClient('client 2.4 modern', face.target);

    const { json } = await client.call('resolve_task_status', { task_ref });
    expect(json).toMatchObject({ done: true, result: gone });
    const part = await client.call('read_task_result', { task_ref });
    expect(part).toMatchObject({ isError: true, json: { error: { code: 'FILE_NOT_FOUND' } } });
  });
});

describe('read_task_result', () => {
  test('of a task that has no result says what to do instead', async () => {
    const face = createFace({ tools });
    await using client = await connectClient('client 2.4 modern', face.target);
    const { json } = await client.call('initiate_background_task', {
      operation_type: 'sleep',
      parameters: { seconds: 1 },
    });

    const part = await client.call('read_task_result', { task_ref: json.task_ref });

    expect(part.json).toMatchObject({ status: 'pending' });
    expect(part.json.next_step).toMatch(/^It has no result yet\. .*resolve_task_status/);
  });

  test('of a foreign task is refused like any other', async () => {
    await using client = await connectClient('client 2.4 modern', createFace({ tools }).target);
    const part = await client.call('read_task_result', { task_ref: 'k.AAAAAAAAAAAAAAAAAAAAAA' });

    expect(part).toMatchObject({ isError: true, json: { error: { code: 'TASK_NOT_FOUND' } } });
  });
});

import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { CONTROL_TOOLS } from '../../../src/mcp/control/tools.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { createRegistry } from '../../../src/operations/registry.ts';
import { connectClient, DIALECTS } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';
import { createTypedRegistry } from '../typed-operations.ts';

const registry = createTypedRegistry();

describe.each(DIALECTS)('for %s', (dialect) => {
  test('every operation is a tool that says what it does to the world', async () => {
    await using client = await connectClient(dialect, createFace({ registry }).target);
    const tools = await client.listTools();
    expect(tools.slice(CONTROL_TOOLS.length).map(({ name }) => name)).toEqual(
      registry.all.map((one) => one.operation.name),
    );
    const report = tools.find(({ name }) => name === 'report');
    expect(report).toMatchObject({
      title: 'Monthly report',
      description: 'Makes a report.',
      inputSchema: {
        type: 'object',
        required: ['month'],
        additionalProperties: false,
        properties: {
          month: { type: 'string' },
          idempotency_key: { type: 'string', description: expect.stringMatching(/^[^.]+\.$/) },
        },
      },
      outputSchema: { type: 'object', anyOf: [{ properties: { pages: {} } }, {}] },
      annotations: {
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      },
    });
    expect(tools.find(({ name }) => name === 'greet')).not.toHaveProperty('outputSchema');
    expect(JSON.stringify(tools)).not.toContain('$schema');
  });
});

test('only legacy clients read that a tool can be a task, and never that it must (clients.md 23)', async () => {
  await using running = await startGateway({}, { registry });
  interface Shown {
    readonly execution?: object;
    readonly name: string;
  }
  const modern = (await callModern(running.url, 'tools/list')).result;
  const legacy = (await callLegacy(running.url, 'tools/list')).result;
  const toExecutions = (tools: unknown) => (tools as Shown[]).map(({ execution }) => execution);
  expect(new Set(toExecutions(modern['tools']))).toEqual(new Set([undefined]));
  expect(toExecutions(legacy['tools'])).toEqual([
    ...CONTROL_TOOLS.map(() => undefined),
    ...registry.all.map(() => ({ taskSupport: 'optional' })),
  ]);
  expect(modern).toMatchObject({ ttlMs: 300_000, cacheScope: 'public' });
});

test('the list is the same every time', async () => {
  await using running = await startGateway({}, { registry });
  const list = async () => JSON.stringify((await callModern(running.url, 'tools/list')).result);
  expect(await list()).toBe(await list());
});

test('five hundred operations are listed from what was prepared once', async () => {
  const operations = Array.from({ length: 500 }, (_, index) =>
    defineOperation({
      name: `operation_${index}`,
      description: 'd',
      input: z.object({ a: z.string() }),
      output: z.object({ b: z.number() }),
      run: () => ({ b: 0 }),
    }),
  );
  await using running = await startGateway({}, { registry: createRegistry(operations) });
  const { result } = await callModern(running.url, 'tools/list');
  const tools = result['tools'] as { readonly name: string }[];
  expect(tools).toHaveLength(CONTROL_TOOLS.length + 500);
  const names = tools.slice(CONTROL_TOOLS.length).map(({ name }) => name);
  expect(names).toEqual([...names].sort());
});

test.each([
  [{ pair: false, typed: true }, registry.all.length],
  [{ pair: true, typed: false }, CONTROL_TOOLS.length],
])('switched by %j there are %d tools, and the others cannot be called', async (offered, count) => {
  const tools = { ...offered, inlineWaitSeconds: 3 };
  await using running = await startGateway({}, { registry, tools });
  const { result } = await callModern(running.url, 'tools/list');
  expect(result['tools']).toHaveLength(count);
  const other = offered.pair ? 'greet' : 'list_operations';
  const call = { name: other, arguments: {} };
  expect((await callModern(running.url, 'tools/call', call)).error).toMatchObject({
    code: -32602,
    message: `Unknown tool: ${other}`,
  });
});

test('an operation that is not offered cannot be started through the pair, and is not shown', async () => {
  const all = registry.all.map(({ operation }) => operation);
  const offered = createRegistry(all.filter(({ name }) => name !== 'greet'));
  const face = createFace({ registry: offered });
  await using client = await connectClient('client 2.4 modern', face.target);
  const start = { operation_type: 'greet', parameters: {} };
  expect(await client.call('initiate_background_task', start)).toMatchObject({
    isError: true,
    json: { error: { code: 'UNKNOWN_OPERATION' } },
  });
  expect((await client.call('list_operations')).text).not.toContain('"greet"');
});

test('an operation with a parameter of the name of the key is refused at the start, unless its tool is off', () => {
  const bad = createRegistry([
    defineOperation({
      name: 'pay',
      description: 'd',
      input: z.object({ idempotency_key: z.string() }),
      run: () => 1,
    }),
  ]);
  expect(() => createFace({ registry: bad })).toThrow(TypeError);
  const tools = { pair: true, typed: false, inlineWaitSeconds: 3 };
  expect(() => createFace({ registry: bad, tools })).not.toThrow();
});

import { expect, test } from '@jest/globals';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import { CONTROL_TOOL_NAMES } from '../../src/mcp/control/tools.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';
import { toProcessing } from '../support/gateways/fake-task-service.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };

test('every ordinary answer fits the schema that its tool publishes (clients.md 2)', async () => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const schemas = new Map(
    (await client.listTools()).flatMap(({ name, outputSchema }) =>
      outputSchema ? [[name, fromJsonSchema(outputSchema as never)['~standard']] as const] : [],
    ),
  );
  const expectFit = async (name: string, args: Record<string, unknown>) => {
    const answer = await client.call(name, args);
    expect(answer.isError).toBe(false);
    expect(await schemas.get(name)!.validate(answer.structured)).toEqual({
      value: answer.structured,
    });
    expect(answer.structured).toEqual(answer.json);
    return answer.json;
  };
  const request = { ...SLEEP, idempotency_key: 'a' };
  const { task_ref } = await expectFit('initiate_background_task', request);
  const error = {
    code: 'OUTCOME_UNKNOWN',
    message: 'm',
    retryable: false,
    retryAfterMs: 1,
    details: [{}],
  } as const;
  for (const state of [
    { status: 'pending', workerPresent: false },
    toProcessing({ fraction: null, message: 'm' }),
    {
      status: 'input_required',
      attempt: 1,
      requests: {
        a: { message: 'm', requestedSchema: { type: 'object', properties: {} } },
      },
    },
    { status: 'completed', result: [1, 'a', null], attempt: null },
    { status: 'failed', error, attempt: 2 },
  ] as const) {
    tasks.set(task_ref, state);
    await expectFit('initiate_background_task', request);
    await expectFit('initiate_background_task', { ...request, wait_seconds: 0.01 });
    await expectFit('resolve_task_status', { task_ref });
    await expectFit('list_background_tasks', {});
  }
  await expectFit('cancel_background_task', { task_ref });
  await expectFit('list_operations', {});
  await expectFit('list_operations', { operation_type: 'sleep' });
});

test('the list of tools is the same every time and says what each tool does', async () => {
  const { target } = createFace({ tools: { pair: true, typed: false, inlineWaitSeconds: 3 } });
  await using modern = await connectClient('client 2.4 modern', target);
  await using legacy = await connectClient('sdk 1.32 legacy', target);
  const tools = await modern.listTools();
  expect(await legacy.listTools()).toEqual(tools);
  expect(tools.map(({ name }) => name)).toEqual([
    'initiate_background_task',
    'resolve_task_status',
    'read_task_result',
    'wait_for_background_tasks',
    'cancel_background_task',
    'list_background_tasks',
    'provide_task_input',
    'list_operations',
  ]);
  for (const tool of tools) {
    expect(tool).toMatchObject({
      title: expect.any(String),
      description: expect.any(String),
      inputSchema: { type: 'object', additionalProperties: false },
      outputSchema: { type: 'object' },
      annotations: { readOnlyHint: expect.any(Boolean) },
    });
  }
  expect(JSON.stringify(tools)).not.toContain('$schema');
});

test('initiate shows every operation, with its parameters and its sentence', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const [initiate] = await client.listTools();
  expect(initiate!.description).toContain(
    '- sleep { seconds: number, fail_with?: "UPSTREAM_REJECTED" | "INTERNAL" }: Sleeps and returns.',
  );
  expect(initiate!.description).toContain('- batch {}: Runs a batch elsewhere.');
  expect(initiate!.inputSchema).toMatchObject({
    properties: { operation_type: { type: 'string', enum: ['batch', 'sleep'] } },
    required: ['operation_type', 'parameters'],
  });
});

test('parameters are published as an open object, without oneOf (clients.md 7)', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const [initiate] = await client.listTools();
  expect(initiate!.inputSchema).toMatchObject({
    properties: { parameters: { type: 'object', description: expect.any(String) } },
  });
  expect(JSON.stringify(initiate!.inputSchema)).not.toMatch(/oneOf|callback_url/);
});

test('a registry without operations still publishes a valid schema', async () => {
  const { target } = createFace({ registry: createRegistry([]) });
  await using client = await connectClient('sdk 1.32 legacy', target);
  const [initiate] = await client.listTools();
  expect(JSON.stringify(initiate!.inputSchema)).not.toContain('enum');
});

test.each([
  { pair: true, typed: true },
  { pair: true, typed: false },
  { pair: false, typed: true },
])('the instructions fit into a kilobyte and name what is there: %j', async (offered) => {
  const { target } = createFace({ tools: { ...offered, inlineWaitSeconds: 3 } });
  await using client = await connectClient('client 2.4 modern', target);
  expect(Buffer.byteLength(client.instructions!)).toBeLessThanOrEqual(1024);
  const names = (await client.listTools()).map(({ name }) => name);
  const named = client.instructions!.match(/\b[a-z]+_background_tasks?\b|\b\w+_task_\w+\b/g) ?? [];
  expect(named.filter((name) => !names.includes(name))).toEqual([]);
  for (const name of CONTROL_TOOL_NAMES) {
    expect(client.instructions!.includes(name)).toBe(offered.pair);
  }
  expect(client.instructions!.includes('tool of')).toBe(offered.typed);
});

test('an ordinary answer is short (clients.md 6)', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const started = await client.call('initiate_background_task', SLEEP);
  expect(started.text.length).toBeLessThan(600);
});

test('calls are made for the principal of the gateway, whatever client calls (clients.md 12, 25)', async () => {
  const { target, tasks } = createFace({ principal: 'ada' });
  await using one = await connectClient('client 2.4 modern', target);
  await using other = await connectClient('sdk 1.32 legacy', target);
  const { task_ref } = (await one.call('initiate_background_task', SLEEP)).json;
  expect((await other.call('resolve_task_status', { task_ref })).isError).toBe(false);
  expect(new Set(tasks.callers.map(({ principal }) => principal))).toEqual(new Set(['ada']));
});

test('what nobody foresaw is logged, and the caller gets INTERNAL without a trace of it', async () => {
  const { target, tasks, errors } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  tasks.failWith(new TypeError('secret detail of the machine'));
  const answer = await client.call('initiate_background_task', SLEEP);
  expect(answer).toMatchObject({ isError: true, json: { error: { code: 'INTERNAL' } } });
  expect(answer.text).not.toMatch(/secret|at .*\.ts/);
  const incident = /incident (\w+)/.exec(answer.text)![1];
  expect(errors).toEqual([
    expect.objectContaining({ incident, error: expect.stringContaining('secret detail') }),
  ]);
});

import { describe, expect, test } from '@jest/globals';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { createFace } from '../support/gateways/face.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };

const nest = (levels: number): unknown =>
  JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`) as unknown;

test.each<[string, string, Record<string, unknown>, string[]]>([
  ['nothing at all', 'initiate_background_task', {}, ['/operation_type']],
  [
    'an operation_type of the wrong type',
    'initiate_background_task',
    { operation_type: 7 },
    ['/operation_type'],
  ],
  [
    'parameters that are no object',
    'initiate_background_task',
    { ...SLEEP, parameters: [1] },
    ['/parameters'],
  ],
  [
    'an unknown field',
    'initiate_background_task',
    { ...SLEEP, seconds: 5, x: 1 },
    ['/seconds', '/x'],
  ],
  [
    'a key with a space',
    'initiate_background_task',
    { ...SLEEP, idempotency_key: 'a b' },
    ['/idempotency_key'],
  ],
  [
    'a key that is not ASCII',
    'initiate_background_task',
    { ...SLEEP, idempotency_key: 'schlüssel' },
    ['/idempotency_key'],
  ],
  [
    'a key that is too long',
    'initiate_background_task',
    { ...SLEEP, idempotency_key: 'k'.repeat(129) },
    ['/idempotency_key'],
  ],
  [
    'limits out of range',
    'initiate_background_task',
    { ...SLEEP, max_wait_seconds: 0, wait_seconds: -1 },
    ['/max_wait_seconds', '/wait_seconds'],
  ],
  [
    'a wait that is no number',
    'resolve_task_status',
    { task_ref: 'a', wait_seconds: '5 s' },
    ['/wait_seconds'],
  ],
  ['a page of nothing', 'list_background_tasks', { limit: 0 }, ['/limit']],
  ['a page too large', 'list_background_tasks', { limit: 101 }, ['/limit']],
  ['a status that is none', 'list_background_tasks', { status: 'queued' }, ['/status']],
  [
    'a reason without end',
    'cancel_background_task',
    { task_ref: 'a', reason: 'x'.repeat(1001) },
    ['/reason'],
  ],
  [
    'a prototype key in the arguments',
    'initiate_background_task',
    JSON.parse('{"operation_type":"sleep","parameters":{},"__proto__":{"a":1}}') as Record<
      string,
      unknown
    >,
    ['/__proto__'],
  ],
  [
    'a prototype key in the parameters',
    'initiate_background_task',
    { operation_type: 'sleep', parameters: JSON.parse('{"a":[{"__proto__":1}]}') as unknown },
    ['/parameters/a/0/__proto__'],
  ],
  [
    'a constructor that leads to the prototype',
    'list_operations',
    { constructor: { prototype: {} } },
    ['/constructor/prototype'],
  ],
])('%s is refused with every path, and starts nothing', async (_, tool, args, paths) => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const answer = await client.call(tool, args);
  expect(answer).toMatchObject({ isError: true, json: { error: { code: 'INVALID_PARAMETERS' } } });
  const issues = answer.json.error.details.issues as { path: string }[];
  expect(issues.map(({ path }) => path)).toEqual(paths);
  for (const path of paths) expect(answer.json.error.message).toContain(path);
  expect(tasks.started).toBe(0);
});

test('arguments nested too deeply are refused, and start nothing', async () => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const answer = await client.call('initiate_background_task', {
    operation_type: 'sleep',
    parameters: { seconds: nest(100) },
  });
  expect(answer.json.error).toMatchObject({
    code: 'INVALID_PARAMETERS',
    message: expect.stringContaining('nested deeper'),
  });
  expect(tasks.started).toBe(0);
});

test('a refusal stays short, however much was wrong', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const keys = Array.from({ length: 500 }, (_, index) => `${'x'.repeat(500)}${index}`);
  const many = Object.fromEntries(keys.map((key) => [key, 1]));
  const answer = await client.call('list_operations', many);
  const { details, message } = answer.json.error;
  expect(details.issues).toHaveLength(20);
  expect(message).toMatch(/; and 480 more$/);
  expect(message.length).toBeLessThan(3_000);
});

test('an unknown operation is answered with the nearest names', async () => {
  await using client = await connectClient('sdk 1.32 legacy', createFace().target);
  for (const [tool, args] of [
    ['initiate_background_task', { operation_type: 'sleeep', parameters: {} }],
    ['list_operations', { operation_type: 'sleeep' }],
  ] as const) {
    const answer = await client.call(tool, args);
    expect(answer.json.error).toMatchObject({
      code: 'UNKNOWN_OPERATION',
      details: { nearest: ['sleep'] },
    });
  }
});

test('parameters that do not fit are refused with every path and the schema of the operation', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const answer = await client.call('initiate_background_task', {
    operation_type: 'sleep',
    parameters: { seconds: 'x', fail_with: 'y' },
  });
  expect(answer.json.error.details).toMatchObject({
    issues: [{ path: '/seconds' }, { path: '/fail_with' }],
    input_schema: { required: ['seconds'] },
  });
});

test('missing parameters are refused by the operation, which shows its schema', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const answer = await client.call('initiate_background_task', { operation_type: 'sleep' });
  expect(answer.json.error.details).toMatchObject({ issues: [{ path: '/seconds' }] });
});

test('parameters sent as arguments of the tool are answered with the schema they belong to', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const answer = await client.call('initiate_background_task', {
    operation_type: 'sleep',
    seconds: 5,
  });
  expect(answer.json.error.details).toMatchObject({
    issues: [{ path: '/seconds', message: 'unknown field' }],
    parameters_schema: { required: ['seconds'] },
  });
});

test('wrong arguments and wrong parameters are named in one refusal', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const answer = await client.call('initiate_background_task', {
    operation_type: 'sleep',
    parameters: { seconds: 'x', fail_with: 'y' },
    wait_seconds: -1,
  });
  expect(answer.json.error.details.issues.map(({ path }: { path: string }) => path)).toEqual([
    '/wait_seconds',
    '/parameters/seconds',
    '/parameters/fail_with',
  ]);
});

test('wrong arguments and an unknown operation are named in one refusal', async () => {
  await using client = await connectClient('client 2.4 modern', createFace().target);
  const answer = await client.call('initiate_background_task', {
    operation_type: 'slep',
    wait_seconds: -1,
  });
  expect(answer.json.error.details.issues).toMatchObject([
    { path: '/wait_seconds' },
    { path: '/operation_type', message: expect.stringContaining('did you mean sleep?') },
  ]);
});

describe('what does no harm is forgiven:', () => {
  test('an explicit null is an absent argument (clients.md 8)', async () => {
    await using client = await connectClient('client 2.4 modern', createFace().target);
    const answer = await client.call('initiate_background_task', {
      ...SLEEP,
      idempotency_key: null,
      max_wait_seconds: null,
      wait_seconds: null,
    });
    expect(answer).toMatchObject({ isError: false, json: { status: 'queued' } });
  });

  test('a null inside the parameters is the operation’s to judge', async () => {
    await using client = await connectClient('client 2.4 modern', createFace().target);
    const answer = await client.call('initiate_background_task', {
      operation_type: 'sleep',
      parameters: { seconds: null },
    });
    expect(answer.json.error.details.issues).toMatchObject([{ path: '/seconds' }]);
  });

  test('a _meta among the arguments is dropped (clients.md 9)', async () => {
    await using client = await connectClient('client 2.4 legacy', createFace().target);
    const answer = await client.call('initiate_background_task', {
      ...SLEEP,
      _meta: { traceparent: '00-1-2-01' },
    });
    expect(answer.isError).toBe(false);
  });

  test('a larger total time than the operation allows is clamped, and the answer shows it', async () => {
    await using client = await connectClient('client 2.4 modern', createFace().target);
    const answer = await client.call('initiate_background_task', {
      ...SLEEP,
      max_wait_seconds: 1e300,
    });
    const { created_at, deadline } = answer.json;
    expect(Date.parse(deadline) - Date.parse(created_at)).toBe(120_000);
  });

  test('an operation of the task service is asked with what was sent, and nothing else', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient('client 2.4 modern', target);
    const answer = await client.call('initiate_background_task', {
      ...SLEEP,
      idempotency_key: '!~',
      max_wait_seconds: 2,
    });
    const { created_at, deadline, idempotency_key } = answer.json;
    expect(idempotency_key).toBe('!~');
    expect(Date.parse(deadline) - Date.parse(created_at)).toBe(2000);
    expect(tasks.started).toBe(1);
  });
});

// The task client over native tasks of both generations, against the gateway on a real socket: what the pair does, without it.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  createTaskClient,
  fromClient,
  LONGHAUL_DIALECT,
  type SerializedHandle,
} from '../../src/client/index.ts';
import type { Json } from '../../src/contract/json.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { toProcessing } from '../support/gateways/fake-task-service.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { connectRecorded, KINDS } from './recorded-clients.ts';

const RESULTS: readonly Json[] = [
  { slept: 1 },
  { result: 5 },
  5,
  'a text',
  '{"a":1}',
  [1, 2],
  null,
];
const toEnd = (kind: (typeof KINDS)[number]) =>
  kind === 'client 2.4 modern' ? [] : ['tasks/result'];

/** Lets the newest task run and end, as soon as somebody waits for it. */
async function complete({ tasks }: Running, result: Json = { slept: 1 }): Promise<void> {
  await tasks.whenWaiting();
  const [task] = (await tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
  tasks.set(task!.taskRef, toProcessing({ fraction: 0.5, message: 'half' }));
  tasks.set(task!.taskRef, { status: 'completed', result, attempt: 1 });
}

describe.each(KINDS)('over %s', (kind) => {
  test('an operation is called as a task, and its end is waited for in one held look', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const seen: unknown[] = [];
    const running = createTaskClient(connection.callTool).run(
      'sleep',
      { seconds: 1 },
      { idempotencyKey: 'order', onProgress: (progress) => seen.push(progress) },
    );
    await complete(gateway);
    expect(await running).toEqual({ status: 'completed', result: { slept: 1 } });
    expect(seen).toContainEqual({ fraction: 0.5, message: 'half' });
    expect(connection.requests).toEqual(['tools/call sleep', 'tasks/get', ...toEnd(kind)]);
    const [task] = (await gateway.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
    expect(task).toMatchObject({ idempotencyKey: 'order' });
  });

  test('a handle of one process is followed by another, on whatever face', async () => {
    await using gateway = await startGateway();
    await using first = await connectRecorded(kind, gateway.url);
    const started = await createTaskClient(first.callTool).start(
      'sleep',
      { seconds: 1 },
      { maxWaitSeconds: 7 },
    );
    const [task] = (await gateway.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
    expect(task!.deadline - task!.createdAt).toBe(7000);
    const stored = JSON.parse(JSON.stringify(started)) as SerializedHandle;
    gateway.tasks.set(started.taskRef, { status: 'completed', result: 1, attempt: 1 });
    await using second = await connectRecorded(kind, gateway.url);
    const outcome = { status: 'completed', result: 1 };
    expect(await createTaskClient(second.callTool).resume(stored).wait()).toEqual(outcome);
    const byPair = createTaskClient(second.callTool, { dialect: LONGHAUL_DIALECT });
    expect(await byPair.resume(stored.taskRef).wait()).toEqual(outcome);
    expect(second.requests).toEqual([
      'tasks/get',
      ...toEnd(kind),
      'tools/call resolve_task_status',
    ]);
  });

  test('a start is put off by the pair, and followed as any other', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const tasks = createTaskClient(connection.callTool);
    const handle = await tasks.start('sleep', { seconds: 1 }, { startAfterSeconds: 3_600 });
    const task = await gateway.tasks.read({ principal: 'local' }, handle.taskRef);
    expect(task.startsAt! - task.createdAt).toBe(3_600_000);
    expect(connection.requests).toEqual(['tools/call initiate_background_task']);
    gateway.tasks.set(handle.taskRef, { status: 'completed', result: 1, attempt: 1 });
    expect(await handle.wait()).toEqual({ status: 'completed', result: 1 });
  });

  test('every kind of result and failure is what the pair shows', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const native = createTaskClient(connection.callTool);
    const pair = createTaskClient(connection.callTool, { dialect: LONGHAUL_DIALECT });
    const details = { issues: [{ path: '/x' }] };
    const failures = [
      { code: 'UPSTREAM_REJECTED', message: 'no', retryable: false, details },
      { code: 'UPSTREAM_UNAVAILABLE', message: 'away', retryable: true, retryAfterMs: 5000 },
      { code: 'INTERNAL', message: 'a bug', retryable: false },
    ] as const;
    const states = [
      ...RESULTS.map((result) => ({ status: 'completed', result, attempt: 1 }) as const),
      ...failures.map((error) => ({ status: 'failed', error, attempt: 1 }) as const),
    ];
    for (const state of states) {
      const { taskRef } = await native.start('sleep', { seconds: 1 });
      gateway.tasks.set(taskRef, state);
      const shown = await pair.resume(taskRef).wait();
      expect(await native.resume(taskRef).wait()).toEqual(shown);
      expect(shown).toMatchObject(
        'result' in state ? { result: state.result } : { error: state.error },
      );
    }
  });

  test('a start whose answer was lost is repeated with the same key', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    connection.loseAnswer('tools/call sleep');
    const handle = await createTaskClient(connection.callTool).start('sleep', { seconds: 1 });
    expect(connection.requests).toEqual(['tools/call sleep', 'tools/call sleep']);
    expect(gateway.tasks.started).toBe(1);
    expect((await handle.read()).status).toBe('running');
  });

  test('refusals carry the code of the gateway, and are no outcomes', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const client = createTaskClient(connection.callTool);
    await expect(client.run('sleep', { seconds: -1 })).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
    });
    await expect(client.run('no_such_operation', {})).rejects.toMatchObject({ retryable: false });
    await expect(client.resume('gone').wait()).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
    await client.start('sleep', { seconds: 1 }, { idempotencyKey: 'k' });
    await expect(
      client.start('sleep', { seconds: 2 }, { idempotencyKey: 'k' }),
    ).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_CONFLICT' });
  });

  test('an abort cancels the task, and a cancel of what has ended changes nothing', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const client = createTaskClient(connection.callTool);
    const stop = new AbortController();
    const how = { idempotencyKey: 'order', signal: stop.signal };
    const running = client.run('sleep', { seconds: 1 }, how);
    await gateway.tasks.whenWaiting();
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(connection.requests.at(-1)).toBe('tasks/cancel');
    const again = await client.start('sleep', { seconds: 1 }, { idempotencyKey: 'order' });
    await client.resume(again.taskRef).cancel();
    expect(await again.wait()).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  });

  test('a question is put to the program, and its answer reaches the task', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const handle = await createTaskClient(connection.callTool).start('sleep', { seconds: 1 });
    const requestedSchema = { type: 'object', properties: { sure: { type: 'boolean' } } };
    const approve = { message: 'Are you sure?', requestedSchema };
    gateway.tasks.set(handle.taskRef, {
      status: 'input_required',
      attempt: null,
      requests: { approve },
    });
    const waiting = handle.wait({
      onInput: async (requests) => {
        expect(requests).toEqual({ approve });
        return { approve: { action: 'accept', content: { sure: true } } };
      },
    });
    while (gateway.tasks.provided.length === 0) await sleep(20);
    gateway.tasks.set(handle.taskRef, { status: 'completed', result: 1, attempt: 1 });
    expect(await waiting).toEqual({ status: 'completed', result: 1 });
    expect(gateway.tasks.provided).toEqual([
      { approve: { action: 'accept', content: { sure: true } } },
    ]);
    const answer = kind === 'client 2.4 modern' ? 'tasks/update' : 'tools/call provide_task_input';
    expect(connection.requests).toContain(answer);
  });

  test('the pair is used where the gateway offers no tool per operation', async () => {
    const tools = { pair: true, typed: false, inlineWaitSeconds: 3 };
    await using gateway = await startGateway({}, { tools });
    await using connection = await connectRecorded(kind, gateway.url);
    await createTaskClient(connection.callTool).start('sleep', { seconds: 1 });
    expect(connection.requests).toEqual(['tools/call initiate_background_task']);
  });

  test('the own calls of the program are answered as before', async () => {
    await using gateway = await startGateway();
    await using connection = await connectRecorded(kind, gateway.url);
    const client = createTaskClient(connection.callTool);
    await client.start('sleep', { seconds: 1 });
    const options = { signal: AbortSignal.timeout(60_000), timeoutMs: 60_000 };
    const calling = connection.callTool('sleep', { seconds: 2 }, options);
    await complete(gateway, { slept: 2 });
    expect(await calling).toMatchObject({ structuredContent: { slept: 2 } });
  });
});

test('a result that comes at once needs no look', async () => {
  const quick = defineOperation({
    name: 'quick',
    description: 'Is worth a moment.',
    input: z.object({}),
    inlineWaitSeconds: 30,
    run: () => 1,
  });
  await using gateway = await startGateway({}, { registry: createRegistry([quick]) });
  await using connection = await connectRecorded('client 2.4 modern', gateway.url);
  const client = createTaskClient(connection.callTool);
  const starting = client.start('quick', {});
  await complete(gateway, 1);
  const handle = await starting;
  expect(await handle.wait()).toEqual({ status: 'completed', result: 1 });
  expect(connection.requests).toEqual(['tools/call quick']);
  expect(await client.resume(handle.taskRef).wait()).toEqual({ status: 'completed', result: 1 });
});

test.each(['auto', 'legacy'] as const)('over stdio it is the same (%s)', async (mode) => {
  const program = fileURLToPath(new URL('../support/gateways/stdio-gateway.ts', import.meta.url));
  const args = ['--disable-warning=ExperimentalWarning', program];
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StdioClientTransport({ command: process.execPath, args }));
  const callTool = fromClient(client);
  expect(callTool.native?.generation).toBe(mode === 'auto' ? '2026-07-28' : '2025-11-25');
  const handle = await createTaskClient(callTool).start('sleep', { seconds: 1 });
  await handle.cancel();
  expect(await handle.wait()).toMatchObject({ error: { code: 'CANCELLED' } });
  await client.close();
});

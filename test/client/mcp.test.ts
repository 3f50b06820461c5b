// The task client over real MCP clients of every kind, against the gateway on a real socket.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, test } from '@jest/globals';
import {
  createTaskClient,
  fromClient,
  fromLegacyClient,
  type CallTool,
  type SerializedHandle,
} from '../../src/client/index.ts';
import { createFakeTiming } from './fake-timing.ts';
import { toProcessing } from '../support/gateways/fake-task-service.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';

/** A connection that closes with its scope. */
interface Open extends AsyncDisposable {
  readonly callTool: CallTool;
}

const connectNew = async (mode: 'auto' | 'legacy', url: string): Promise<Open> => {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  return { callTool: fromClient(client), [Symbol.asyncDispose]: () => client.close() };
};
const connectOld = async (url: string): Promise<Open> => {
  const client = new OldClient({ name: 'test', version: '1' });
  await client.connect(new OldTransport(new URL(url)));
  await client.listTools();
  return { callTool: fromLegacyClient(client), [Symbol.asyncDispose]: () => client.close() };
};

const KINDS: readonly [string, (url: string) => Promise<Open>][] = [
  ['client 2.4 modern', (url) => connectNew('auto', url)],
  ['client 2.4 legacy', (url) => connectNew('legacy', url)],
  ['sdk 1.32', connectOld],
];

/** Lets the one task of a gateway run and end, as soon as somebody waits for it. */
async function complete({ tasks }: Running, taskRef: string): Promise<void> {
  await tasks.whenWaiting();
  tasks.set(taskRef, toProcessing({ fraction: 0.5, message: 'half' }));
  tasks.set(taskRef, { status: 'completed', result: { slept: 1 }, attempt: 1 });
}

describe.each(KINDS)('over %s', (_, connect) => {
  test('a handle is stored, resumed elsewhere and waited for with progress', async () => {
    await using gateway = await startGateway();
    await using first = await connect(gateway.url);
    const started = await createTaskClient(first.callTool).start('sleep', { seconds: 1 });
    const stored = JSON.stringify(started);

    await using second = await connect(gateway.url);
    const handle = createTaskClient(second.callTool).resume(JSON.parse(stored) as SerializedHandle);
    const seen: string[] = [];
    const waiting = handle.wait({ onProgress: ({ message }) => seen.push(message ?? '') });
    await complete(gateway, handle.taskRef);
    expect(await waiting).toEqual({ status: 'completed', result: { slept: 1 } });
    expect(seen).toContain('half');
    expect(gateway.tasks.started).toBe(1);
  });

  test('a failed task is an outcome, a refused start is thrown', async () => {
    await using gateway = await startGateway();
    await using connection = await connect(gateway.url);
    const client = createTaskClient(connection.callTool);
    const handle = await client.start('sleep', { seconds: 1 });
    const error = { code: 'UPSTREAM_REJECTED', message: 'no', retryable: false } as const;
    gateway.tasks.set(handle.taskRef, { status: 'failed', error, attempt: 1 });
    expect(await handle.wait()).toEqual({ status: 'failed', error });
    await expect(client.run('sleep', { seconds: -1 })).rejects.toMatchObject({
      code: 'INVALID_PARAMETERS',
    });
  });

  test('an abort reaches the gateway', async () => {
    await using gateway = await startGateway();
    await using connection = await connect(gateway.url);
    const stop = new AbortController();
    const running = createTaskClient(connection.callTool).run(
      'sleep',
      { seconds: 1 },
      { idempotencyKey: 'order', signal: stop.signal },
    );
    await gateway.tasks.whenWaiting();
    stop.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    const again = await createTaskClient(connection.callTool).run(
      'sleep',
      { seconds: 1 },
      { idempotencyKey: 'order' },
    );
    expect(again).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
  });
});

test('a question is put to the program, and its answer reaches the task', async () => {
  await using gateway = await startGateway();
  await using connection = await connectNew('auto', gateway.url);
  const client = createTaskClient(connection.callTool, {
    waitSeconds: 0,
    timing: createFakeTiming(),
  });
  const handle = await client.start('sleep', { seconds: 1 });
  const requestedSchema = {
    type: 'object',
    properties: { sure: { type: 'boolean' } },
    required: ['sure'],
  };
  const approve = { message: 'Are you sure?', requestedSchema };
  gateway.tasks.set(handle.taskRef, {
    status: 'input_required',
    attempt: null,
    requests: { approve },
  });
  const asked: unknown[] = [];
  const outcome = await handle.wait({
    onInput: async (requests) => {
      asked.push(requests);
      setTimeout(() => {
        gateway.tasks.set(handle.taskRef, { status: 'completed', result: 1, attempt: 1 });
      }, 0);
      return { approve: { action: 'accept', content: { sure: true } } };
    },
  });
  expect(asked).toEqual([{ approve }]);
  expect(outcome).toEqual({ status: 'completed', result: 1 });
});

test('many tasks are settled at once', async () => {
  await using gateway = await startGateway();
  await using connection = await connectNew('auto', gateway.url);
  const client = createTaskClient(connection.callTool);
  const handles = await Promise.all([1, 2, 3].map((seconds) => client.start('sleep', { seconds })));
  gateway.tasks.set(handles[0]!.taskRef, { status: 'completed', result: 1, attempt: 1 });
  const settled = await client.settle(handles, { waitSeconds: 0 });
  expect(settled.map(({ status }) => status)).toEqual(['completed', 'running', 'running']);
});

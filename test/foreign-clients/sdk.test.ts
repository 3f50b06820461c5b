// @modelcontextprotocol/sdk 1.x, the client that most frameworks sit on, with the tasks of 2025-11-25.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import {
  startConformanceGateway,
  type ConformanceGateway,
} from '../support/processes/conformance-gateway.ts';
import { answerElsewhere } from '../support/clients/json-rpc.ts';

const LIMIT_MS = 300_000;
const ASKED_TTL_MS = 60_000;

let gateway: ConformanceGateway;
let client: Client;
beforeAll(async () => {
  gateway = await startConformanceGateway();
  client = new Client({ name: 'sdk', version: '1' }, { capabilities: {} });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  await client.listTools();
}, LIMIT_MS);
afterAll(async () => {
  await client.close();
  await gateway[Symbol.asyncDispose]();
}, LIMIT_MS);

/** Calls a tool as a task, to its end. */
async function call(name: string, args: object, onTask?: (taskId: string) => Promise<void>) {
  const seen = [];
  const options = { task: { ttl: ASKED_TTL_MS } };
  const parameters = { name, arguments: args as Record<string, unknown> };
  for await (const message of client.experimental.tasks.callToolStream(
    parameters,
    undefined,
    options,
  )) {
    if (message.type === 'taskCreated') void onTask?.(message.task.taskId);
    seen.push(message);
  }
  return seen;
}

test.each(['slow_compute', 'quick_compute'])(
  'callToolStream creates a task of %s, follows it and ends with the result',
  async (tool) => {
    const seen = await call(tool, { seconds: 1, label: 'a stream' });
    expect(seen[0]).toMatchObject({ type: 'taskCreated', task: { status: 'working' } });
    expect(seen.at(-1)).toMatchObject({ type: 'result' });
    expect(JSON.stringify(seen.at(-1))).toContain('computed a stream');
  },
  LIMIT_MS,
);

test(
  'a ttl that is too short is answered with what is really kept (clients.md 24)',
  async () => {
    const [created] = await call('slow_compute', { seconds: 0 });
    const { task } = created as { task: { ttl: number } };
    expect(task.ttl).toBeGreaterThan(ASKED_TTL_MS);
  },
  LIMIT_MS,
);

test.each(['failing_job', 'quick_failure'])(
  'a failure of %s says why in statusMessage, since this client never asks for the result (clients.md 22)',
  async (tool) => {
    const seen = await call(tool, {});
    const statuses = seen.flatMap((message) =>
      message.type === 'taskStatus' ? [message.task.statusMessage ?? ''] : [],
    );
    expect(statuses.at(-1)).toContain('the job failed, as it always does');
  },
  LIMIT_MS,
);

test.each(['slow_compute', 'quick_compute'])(
  'listTasks shows the task of %s, cancelTask ends it, and it stays so',
  async (name) => {
    const { tasks } = client.experimental;
    const stream = tasks.callToolStream({ name, arguments: { seconds: 600 } }, undefined, {
      task: {},
    });
    const first = await stream.next();
    const { taskId } = (first.value as { task: { taskId: string } }).task;
    const listed = await tasks.listTasks();
    expect(listed.tasks.map((task) => task.taskId)).toContain(taskId);
    expect(await tasks.cancelTask(taskId)).toMatchObject({ taskId, status: 'cancelled' });
    expect(await tasks.getTask(taskId)).toMatchObject({ status: 'cancelled' });
    await expect(tasks.cancelTask(taskId)).rejects.toMatchObject({ code: -32602 });
    await stream.return();
  },
  LIMIT_MS,
);

test(
  'getTaskResult waits for a question that is answered elsewhere',
  async () => {
    const stream = client.experimental.tasks.callToolStream(
      { name: 'confirm_delete', arguments: { filename: 'a.txt' } },
      undefined,
      { task: {} },
    );
    const first = await stream.next();
    const { taskId } = (first.value as { task: { taskId: string } }).task;
    const answered = answerElsewhere(gateway.url, taskId);
    const result = await client.experimental.tasks.getTaskResult(taskId, CallToolResultSchema);
    await answered;
    expect(JSON.stringify(result)).toContain('deleted a.txt');
    await stream.return();
  },
  LIMIT_MS,
);

test(
  'without a task the same tools answer inline, or with a handle',
  async () => {
    const inline = await client.callTool({ name: 'greet', arguments: { name: 'you' } });
    expect(JSON.stringify(inline)).toContain('Hello, you!');
    const slow = await client.callTool({ name: 'slow_compute', arguments: { seconds: 600 } });
    expect(slow.structuredContent).toMatchObject({ task_ref: expect.any(String), done: false });
  },
  LIMIT_MS,
);

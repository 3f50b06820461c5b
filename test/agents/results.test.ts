// However large a result is, no answer of a tool is, in whichever framework: the model reads on with another tool.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as aiSdk from '../../src/agents/ai-sdk.ts';
import * as langgraph from '../../src/agents/langgraph.ts';
import { toShown } from '../../src/agents/results.ts';
import * as strands from '../../src/agents/strands.ts';
import { createTaskClient, fromClient, listOperations } from '../../src/client/index.ts';
import type { CallTool, OperationDescription, TaskClient } from '../../src/client/index.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { createFiles } from '../../src/storage/files.ts';
import { writeJson } from '../../src/storage/json.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';

const ME = { principal: 'local' };
/** About 1 MB. */
const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, customer: `Customer ${id}` }));
const result = { report: 'r-1', rows, grand_total: 42 };
const files = createFiles({ store: createMemoryStore().store, maxBytes: 4_000_000 });

let running: Running;
let client: Client;
let callTool: CallTool;
let tasks: TaskClient;
let operations: readonly OperationDescription[];

beforeAll(async () => {
  const tools = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: 5_000 };
  running = await startGateway({}, { tools, files });
  client = new Client({ name: 'agent', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(running.url)));
  callTool = fromClient(client);
  tasks = createTaskClient(callTool);
  operations = await listOperations(callTool);
});

afterAll(async () => {
  await client.close();
  await running[Symbol.asyncDispose]();
});

/** Lets the next task end with a result, as soon as somebody waits for it. */
async function complete(with_: Json): Promise<string> {
  await running.tasks.whenWaiting();
  const { tasks: all } = await running.tasks.list(ME, { limit: 10, status: 'pending' });
  const { taskRef } = all[0]!;
  running.tasks.set(taskRef, { status: 'completed', result: with_, attempt: 1 });
  return taskRef;
}

/** Runs `sleep` as a tool of a framework, and the tool that reads on. */
type Run = (name: string, args: JsonObject) => Promise<unknown>;

const FRAMEWORKS: Readonly<Record<string, () => Run>> = {
  'AI SDK': () => {
    const tools = aiSdk.createTaskTools(tasks, operations);
    const options = { toolCallId: 'call_1', messages: [], context: {} };
    return async (name, args) => tools[name]!.execute!(args, options);
  },
  LangGraph: () => {
    const tools = langgraph.createTaskTools(tasks, operations);
    return async (name, args) => {
      const found = tools.find((one) => one.name === name)!;
      const said = (await found.invoke({ type: 'tool_call', id: 'call_1', name, args })) as {
        content: string;
      };
      return JSON.parse(said.content) as unknown;
    };
  },
  Strands: () => {
    const tools = strands.createTaskTools(tasks, operations);
    const context = {
      toolUse: { toolUseId: 'call_1' },
      cancelSignal: new AbortController().signal,
    };
    return async (name, args) =>
      tools.find((one) => one.name === name)!.invoke(args, context as never);
  },
};

describe.each(Object.keys(FRAMEWORKS))('a tool of %s', (framework) => {
  test('shows of a large result a part, and another tool reads on', async () => {
    const run = FRAMEWORKS[framework]!();
    const shown = run('sleep', { seconds: 60 });
    const task_ref = await complete(result);

    const part = await shown;
    expect(part).toMatchObject({ task_ref, value: { report: 'r-1', grand_total: 42 } });
    expect(JSON.stringify(part)).toContain('call read_task_result with its path');
    expect(JSON.stringify(part).length).toBeLessThan(20_000);
    expect(await run('read_task_result', { task_ref, path: '/rows/7000/customer' })).toMatchObject({
      value: 'Customer 7000',
      left: 0,
    });
  });
});

describe('what a model is shown of a result', () => {
  const completed = async (with_: Json) => {
    const handle = await tasks.start('sleep', { seconds: 1 });
    running.tasks.set(handle.taskRef, { status: 'completed', result: with_, attempt: 1 });
    return handle.taskRef;
  };

  test('is all of it where it is small', async () => {
    expect(await toShown(tasks, '', { pages: 12 })).toEqual({ pages: 12 });
  });

  test('is a part of what is in a file', async () => {
    const file = await writeJson(files, 'local', result);
    const taskRef = await completed(file);

    expect(await toShown(tasks, taskRef, file)).toMatchObject({ value: { grand_total: 42 } });
  });

  test('is the reference where the file is none that can be shown', async () => {
    const file = { ...(await writeJson(files, 'local', result)), mimeType: 'image/png' };
    const taskRef = await completed(file);

    expect(await toShown(tasks, taskRef, file)).toEqual(file);
  });

  test('is the beginning where the server has no such tool', async () => {
    const other = createTaskClient(async () => ({
      isError: true,
      content: [{ type: 'text', text: 'unknown tool' }],
    }));

    expect(await toShown(other, 'job-1', 'word '.repeat(200_000))).toEqual({
      beginning: expect.stringMatching(/^"word /),
      characters: 1_000_002,
    });
  });
});

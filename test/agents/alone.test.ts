// What the frameworks do with a slow operation by themselves, as docs/agents.md says: for those who ask whether they need more.
import { setTimeout as sleep } from 'node:timers/promises';
import { createMCPClient } from '@ai-sdk/mcp';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { McpClient } from '@strands-agents/sdk';
import { expect, test } from '@jest/globals';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { startTcpProxy } from '../support/peers/tcp-proxy.ts';

const PATIENT = { tools: { pair: true, typed: true, inlineWaitSeconds: 25 } };
const HASTY = { tools: { pair: true, typed: true, inlineWaitSeconds: 0 } };
const DONE = { status: 'completed', result: { slept: 60 }, attempt: 1 } as const;

async function theTask({ tasks }: Running): Promise<string> {
  for (;;) {
    const [task] = (await tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
    if (task) return task.taskRef;
    await sleep(20);
  }
}

async function toFate(running: Promise<unknown>): Promise<string> {
  return running.then(
    () => 'answered',
    () => 'lost',
  );
}

/** The tool `sleep`, as LangChain makes it. */
async function loadTool(url: string, more: { readonly defaultToolTimeout?: number } = {}) {
  const mcpServers = { longhaul: { transport: 'http' as const, url, ...more } };
  const servers = new MultiServerMCPClient({ mcpServers });
  const tools = await servers.getTools();
  return { servers, tool: tools.find(({ name }) => name === 'sleep')! };
}

test('LangChain calls the tool plainly: what takes longer is a handle, which the model would have to follow', async () => {
  await using gateway = await startGateway({}, HASTY);
  const { servers, tool } = await loadTool(gateway.url);
  const said = JSON.stringify(await tool.invoke({ seconds: 60 }));
  expect(said).toContain(await theTask(gateway));
  expect(said).toContain('resolve_task_status');
  await servers.close();
});

test('LangChain ends a call after its timeout', async () => {
  await using gateway = await startGateway({}, PATIENT);
  const { servers, tool } = await loadTool(gateway.url, { defaultToolTimeout: 500 });
  await expect(tool.invoke({ seconds: 60 })).rejects.toThrow(/timeout/i);
  await servers.close();
});

/** The tool `sleep`, as Strands calls it when it may follow tasks. */
async function callByStrands(url: string, tasksConfig: object) {
  const server = new McpClient({ url, tasksConfig });
  const tools = await server.listTools();
  const tool = tools.find(({ name }) => name === 'sleep')!;
  return { server, running: server.callTool(tool, { seconds: 60 }) };
}

test('Strands follows a task to its end, also beyond its pollTimeout', async () => {
  await using gateway = await startGateway();
  const { server, running } = await callByStrands(gateway.url, { ttl: 500, pollTimeout: 500 });
  const taskRef = await theTask(gateway);
  await sleep(3000);
  gateway.tasks.set(taskRef, DONE);
  expect(await running).toMatchObject({ structuredContent: { slept: 60 } });
  await server.disconnect();
});

test('Strands gives its call up when the gateway is away for a look', async () => {
  const gateway = await startGateway();
  const { server, running } = await callByStrands(gateway.url, {});
  const outcome = toFate(running);
  await theTask(gateway);
  await gateway[Symbol.asyncDispose]();
  expect(await outcome).toBe('lost');
  await server.disconnect();
});

test('the AI SDK waits for as long as it takes, and loses the answer with its connection', async () => {
  await using gateway = await startGateway({}, PATIENT);
  await using proxy = await startTcpProxy(new URL(gateway.url).host);
  const client = await createMCPClient({
    transport: { type: 'http', url: `http://${proxy.address}/mcp` },
  });
  const running = client.callTool({ name: 'sleep', arguments: { seconds: 60 } });
  const outcome = toFate(running);
  await gateway.tasks.whenWaiting();
  proxy.cut();
  expect(await outcome).toBe('lost');
  await client.close();
});

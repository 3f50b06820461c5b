// The real LangGraph with a scripted model, over the gateway on a real socket.
import { AIMessage, HumanMessage, type BaseMessage } from '@langchain/core/messages';
import { MemorySaver, MessagesAnnotation, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { expect, test } from '@jest/globals';
import { createTaskTools, resumeTasks, type TaskToolOptions } from '../../src/agents/langgraph.ts';
import { createTaskClient, fromLegacyClient, listOperations } from '../../src/client/index.ts';
import { startGateway } from '../support/gateways/http-gateway.ts';

/** An agent as a process has it: its connection, its tools, its graph. */
async function startAgent(url: string, checkpointer: MemorySaver, options: TaskToolOptions = {}) {
  const servers = new MultiServerMCPClient({
    mcpServers: { longhaul: { transport: 'http', url } },
  });
  const callTool = fromLegacyClient((await servers.getClient('longhaul'))!);
  const tasks = createTaskClient(callTool);
  const tools = createTaskTools(tasks, await listOperations(callTool), options);
  const turns: BaseMessage[][] = [];
  const model = ({ messages }: typeof MessagesAnnotation.State) => {
    turns.push(messages);
    const answered = messages.some((message) => message.type === 'tool');
    const ask = { name: 'sleep', args: { seconds: 60 }, id: 'call_1', type: 'tool_call' as const };
    return { messages: [new AIMessage(answered ? 'done' : { content: '', tool_calls: [ask] })] };
  };
  const graph = new StateGraph(MessagesAnnotation)
    .addNode('model', model)
    .addNode('tools', new ToolNode(tools))
    .addEdge('__start__', 'model')
    .addConditionalEdges('model', ({ messages }) =>
      messages.at(-1)?.text === 'done' ? '__end__' : 'tools',
    )
    .addEdge('tools', 'model')
    .compile({ checkpointer });
  return { graph, tasks, turns, [Symbol.asyncDispose]: () => servers.close() };
}

const input = { messages: [new HumanMessage('Sleep a minute.')] };
const toTexts = (messages: readonly BaseMessage[]) => messages.map(({ text }) => text);

test('a tool call lasts as long as its task, and costs the model one turn', async () => {
  await using gateway = await startGateway();
  await using agent = await startAgent(gateway.url, new MemorySaver());
  const running = agent.graph.invoke(input, { configurable: { thread_id: 'a thread' } });
  await gateway.tasks.whenWaiting();
  const [taskRef] = await refs(gateway.tasks);
  gateway.tasks.set(taskRef!, { status: 'completed', result: { slept: 60 }, attempt: 1 });
  const { messages } = await running;
  expect(toTexts(messages)).toEqual(['Sleep a minute.', '', '{"slept":60}', 'done']);
  expect(agent.turns).toHaveLength(2);
});

test('a durable graph stops on a running task, and another process takes it up', async () => {
  await using gateway = await startGateway();
  const checkpointer = new MemorySaver();
  const config = { configurable: { thread_id: 't' } };
  const durable = { durable: true, inlineWaitSeconds: 0 };
  {
    await using agent = await startAgent(gateway.url, checkpointer, durable);
    const { messages } = await agent.graph.invoke(input, config);
    expect(messages).toHaveLength(2);
    expect(agent.turns).toHaveLength(1);
  }
  await using other = await startAgent(gateway.url, checkpointer, durable);
  const resuming = resumeTasks(other.graph, other.tasks, config);
  await gateway.tasks.whenWaiting();
  const [taskRef] = await refs(gateway.tasks);
  gateway.tasks.set(taskRef!, { status: 'completed', result: { slept: 60 }, attempt: 1 });
  const state = await resuming;
  expect(toTexts(state!.messages)).toEqual(['Sleep a minute.', '', '{"slept":60}', 'done']);
  expect(other.turns).toHaveLength(1);
  expect(gateway.tasks.started).toBe(1);
  expect(await resumeTasks(other.graph, other.tasks, config)).toBeNull();
});

test('a failed task is an answer that the model can read', async () => {
  await using gateway = await startGateway();
  await using agent = await startAgent(gateway.url, new MemorySaver());
  const running = agent.graph.invoke(input, { configurable: { thread_id: 't' } });
  await gateway.tasks.whenWaiting();
  const [taskRef] = await refs(gateway.tasks);
  const error = { code: 'UPSTREAM_REJECTED', message: 'no', retryable: false } as const;
  gateway.tasks.set(taskRef!, { status: 'failed', error, attempt: 1 });
  const { messages } = await running;
  expect(messages[2]).toMatchObject({ status: 'error', content: JSON.stringify({ error }) });
});

/** The task_refs that the gateway has. */
async function refs(tasks: Awaited<ReturnType<typeof startGateway>>['tasks']) {
  const { tasks: all } = await tasks.list({ principal: 'local' }, { limit: 10 });
  return all.map(({ taskRef }) => taskRef);
}

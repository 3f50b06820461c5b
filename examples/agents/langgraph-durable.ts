// A LangGraph agent that holds no process while its task runs. `start` stops at once, `resume` goes on, in another process.
// The model is scripted, so that this runs without a key.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { MemorySaver, MessagesAnnotation, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { createTaskClient, fromLegacyClient, listOperations } from 'longhaul/client';
import { createTaskTools, resumeTasks } from 'longhaul/langgraph';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const [, , command = 'start', file = 'checkpoints.bin', seconds = '60'] = process.argv;

// In your agent: SqliteSaver or PostgresSaver.
const checkpointer = new MemorySaver();
if (existsSync(file)) Object.assign(checkpointer, deserialize(readFileSync(file)));
const config = { configurable: { thread_id: 'nightly batch' } };

const servers = new MultiServerMCPClient({ mcpServers: { longhaul: { transport: 'http', url } } });
const client = await servers.getClient('longhaul');
if (!client) throw new Error(`no MCP server at ${url}`);
const callTool = fromLegacyClient(client);
const tasks = createTaskClient(callTool);
const tools = createTaskTools(tasks, await listOperations(callTool), { durable: true });

/** In your agent: `new ChatAnthropic({ ... }).bindTools(tools)`, and `invoke(messages)`. */
const model = ({ messages }: typeof MessagesAnnotation.State) => {
  const last = messages.at(-1);
  if (last?.type === 'tool') return { messages: [new AIMessage(`It is done: ${last.text}`)] };
  const args = { items: 20, seconds: Number(seconds) };
  const call = {
    name: 'simulated_batch',
    args,
    id: `call_${messages.length}`,
    type: 'tool_call' as const,
  };
  return { messages: [new AIMessage({ content: '', tool_calls: [call] })] };
};

const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', model)
  .addNode('tools', new ToolNode(tools))
  .addEdge('__start__', 'model')
  .addConditionalEdges('model', toolsCondition)
  .addEdge('tools', 'model')
  .compile({ checkpointer });

if (command === 'start') {
  await graph.invoke({ messages: [new HumanMessage('Run the batch.')] }, config);
  process.stdout.write('The graph is interrupted, the task runs on.\n');
} else {
  const state = await resumeTasks(graph, tasks, config);
  process.stdout.write(`${state?.messages.at(-1)?.text ?? 'Nothing to resume.'}\n`);
}
const { storage, writes } = checkpointer;
writeFileSync(file, serialize({ storage, writes }));
await servers.close();

// A LangGraph agent whose tool takes as long as it takes. The model is scripted, so that this runs without a key.
import { AIMessage, HumanMessage } from '@langchain/core/messages';
import { MessagesAnnotation, StateGraph } from '@langchain/langgraph';
import { ToolNode, toolsCondition } from '@langchain/langgraph/prebuilt';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { createTaskClient, fromLegacyClient, listOperations } from 'longhaul/client';
import { createTaskTools } from 'longhaul/langgraph';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const seconds = Number(process.argv[2] ?? 60);

const servers = new MultiServerMCPClient({ mcpServers: { longhaul: { transport: 'http', url } } });
const client = await servers.getClient('longhaul');
if (!client) throw new Error(`no MCP server at ${url}`);
const callTool = fromLegacyClient(client);
const tools = createTaskTools(createTaskClient(callTool), await listOperations(callTool));

let turns = 0;
/** In your agent: `new ChatAnthropic({ ... }).bindTools(tools)`, and `invoke(messages)`. */
const model = ({ messages }: typeof MessagesAnnotation.State) => {
  turns += 1;
  const last = messages.at(-1);
  if (last?.type === 'tool') return { messages: [new AIMessage(`It is done: ${last.text}`)] };
  const name = 'simulated_batch';
  const call = {
    name,
    args: { items: 20, seconds },
    id: `call_${turns}`,
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
  .compile();

process.stdout.write('The agent runs.\n');
const { messages } = await graph.invoke({ messages: [new HumanMessage('Run the batch.')] });
process.stdout.write(`${messages.at(-1)?.text ?? ''}\nTurns of the model: ${turns}\n`);
await servers.close();

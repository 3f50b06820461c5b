// A Strands agent whose tool takes as long as it takes. The model is scripted, so that this runs without a key.
import { Agent, McpClient, Model, type Message, type ModelStreamEvent } from '@strands-agents/sdk';
import { createTaskClient, fromLegacyClient, listOperations } from 'longhaul/client';
import { createTaskTools } from 'longhaul/strands';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const seconds = Number(process.argv[2] ?? 60);

/** In your agent: `new BedrockModel({ ... })`. */
class ScriptedModel extends Model {
  turns = 0;
  updateConfig(): void {
    // it has none
  }
  getConfig(): { modelId: string } {
    return { modelId: 'scripted' };
  }
  async *stream(messages: Message[]): AsyncGenerator<ModelStreamEvent> {
    this.turns += 1;
    await Promise.resolve();
    const answered =
      messages.at(-1)?.content.some(({ type }) => type === 'toolResultBlock') ?? false;
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    if (answered) {
      const text = `It is done: ${JSON.stringify(messages.at(-1)?.content)}`;
      yield { type: 'modelContentBlockStartEvent' };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text } };
    } else {
      const start = { type: 'toolUseStart', name: 'simulated_batch', toolUseId: 'call_1' } as const;
      const input = JSON.stringify({ items: 20, seconds });
      yield { type: 'modelContentBlockStartEvent', start };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'toolUseInputDelta', input } };
    }
    yield { type: 'modelContentBlockStopEvent' };
    yield { type: 'modelMessageStopEvent', stopReason: answered ? 'endTurn' : 'toolUse' };
  }
}

const server = new McpClient({ url });
await server.connect();
const callTool = fromLegacyClient(server.client);
const tools = createTaskTools(createTaskClient(callTool), await listOperations(callTool));
const model = new ScriptedModel();
const agent = new Agent({ model, tools, printer: false });

process.stdout.write('The agent runs.\n');
const result = await agent.invoke('Run the batch.');
process.stdout.write(`${result.toString()}\nTurns of the model: ${model.turns}\n`);
await server.disconnect();

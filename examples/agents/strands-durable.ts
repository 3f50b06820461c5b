// A Strands agent that holds no process while its task runs. `start` stops at once, `resume` goes on, in another process.
// The model is scripted, so that this runs without a key.
import { readFileSync, writeFileSync } from 'node:fs';
import {
  Agent,
  McpClient,
  Model,
  type Message,
  type ModelStreamEvent,
  type Snapshot,
} from '@strands-agents/sdk';
import { createTaskClient, fromLegacyClient, listOperations } from 'longhaul/client';
import { createTaskTools, resumeTasks, type StoredInterrupt } from 'longhaul/strands';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const [, , command = 'start', file = 'session.json', seconds = '60'] = process.argv;

/** In your agent: `new BedrockModel({ ... })`. */
class ScriptedModel extends Model {
  updateConfig(): void {
    // it has none
  }
  getConfig(): { modelId: string } {
    return { modelId: 'scripted' };
  }
  async *stream(messages: Message[]): AsyncGenerator<ModelStreamEvent> {
    await Promise.resolve();
    const last = messages.at(-1)?.content ?? [];
    const answered = last.some(({ type }) => type === 'toolResultBlock');
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    if (answered) {
      const text = `It is done: ${JSON.stringify(last)}`;
      yield { type: 'modelContentBlockStartEvent' };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text } };
    } else {
      const start = { type: 'toolUseStart', name: 'simulated_batch', toolUseId: 'call_1' } as const;
      const input = JSON.stringify({ items: 20, seconds: Number(seconds) });
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
const tasks = createTaskClient(callTool);
const options = { durable: true, conversation: 'nightly batch' };
const tools = createTaskTools(tasks, await listOperations(callTool), options);
const agent = new Agent({ model: new ScriptedModel(), tools, printer: false });

if (command === 'start') {
  const { interrupts } = await agent.invoke('Run the batch.');
  const snapshot = agent.takeSnapshot({ preset: 'session' });
  writeFileSync(file, JSON.stringify({ interrupts, snapshot }));
  process.stdout.write('The agent is interrupted, the task runs on.\n');
} else {
  const stored = JSON.parse(readFileSync(file, 'utf8')) as {
    interrupts: StoredInterrupt[];
    snapshot: Snapshot;
  };
  agent.loadSnapshot(stored.snapshot);
  const result = await resumeTasks(agent, stored.interrupts, tasks);
  process.stdout.write(`${result?.toString() ?? 'Nothing to resume.'}\n`);
}
await server.disconnect();

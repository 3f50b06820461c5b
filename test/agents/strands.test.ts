// The real Strands with a scripted model, over the gateway on a real socket.
import { Agent, McpClient, Model, type Message, type ModelStreamEvent } from '@strands-agents/sdk';
import { expect, test } from '@jest/globals';
import { createTaskTools, resumeTasks, type TaskToolOptions } from '../../src/agents/strands.ts';
import { createTaskClient, fromLegacyClient, listOperations } from '../../src/client/index.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';

/** Calls `sleep`, and says `done` when it has read the result. */
class ScriptedModel extends Model {
  turns = 0;
  updateConfig(): void {
    // it has none
  }
  getConfig() {
    return { modelId: 'scripted' };
  }
  async *stream(messages: Message[]): AsyncGenerator<ModelStreamEvent> {
    this.turns += 1;
    const answered = messages.at(-1)!.content.some(({ type }) => type === 'toolResultBlock');
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    if (answered) {
      yield { type: 'modelContentBlockStartEvent' };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text: 'done' } };
    } else {
      const start = { type: 'toolUseStart', name: 'sleep', toolUseId: 'call_1' } as const;
      yield { type: 'modelContentBlockStartEvent', start };
      const delta = { type: 'toolUseInputDelta', input: '{"seconds":60}' } as const;
      yield { type: 'modelContentBlockDeltaEvent', delta };
    }
    yield { type: 'modelContentBlockStopEvent' };
    yield { type: 'modelMessageStopEvent', stopReason: answered ? 'endTurn' : 'toolUse' };
  }
}

/** An agent as a process has it: its connection, its tools, its model. */
async function startAgent(url: string, options: TaskToolOptions = {}) {
  const server = new McpClient({ url });
  await server.connect();
  const callTool = fromLegacyClient(server.client);
  const tasks = createTaskClient(callTool);
  const tools = createTaskTools(tasks, await listOperations(callTool), options);
  const model = new ScriptedModel();
  const agent = new Agent({ model, tools, printer: false });
  return { agent, model, tasks, [Symbol.asyncDispose]: () => server.disconnect() };
}

/** Lets the one task of a gateway end, as soon as somebody waits for it. */
async function complete({ tasks }: Running): Promise<void> {
  await tasks.whenWaiting();
  const { tasks: all } = await tasks.list({ principal: 'local' }, { limit: 10 });
  tasks.set(all[0]!.taskRef, { status: 'completed', result: { slept: 60 }, attempt: 1 });
}

test('a tool call lasts as long as its task, and costs the model one turn', async () => {
  await using gateway = await startGateway();
  await using process = await startAgent(gateway.url);
  const running = process.agent.invoke('Sleep a minute.');
  await complete(gateway);
  const { stopReason } = await running;
  expect(stopReason).toBe('endTurn');
  expect(JSON.stringify(process.agent.messages)).toContain('"slept":60');
  expect(process.model.turns).toBe(2);
});

test('a durable agent stops on a running task, and another process takes it up', async () => {
  await using gateway = await startGateway();
  const options = { durable: true, inlineWaitSeconds: 0, conversation: 'c' };
  let stored: string;
  let snapshot: ReturnType<Agent['takeSnapshot']>;
  {
    await using first = await startAgent(gateway.url, options);
    const result = await first.agent.invoke('Sleep a minute.');
    expect(result.stopReason).toBe('interrupt');
    stored = JSON.stringify(result.interrupts);
    snapshot = first.agent.takeSnapshot({ preset: 'session' });
  }
  await using other = await startAgent(gateway.url, options);
  other.agent.loadSnapshot(JSON.parse(JSON.stringify(snapshot)) as typeof snapshot);
  const interrupts = JSON.parse(stored) as { id: string }[];
  const resuming = resumeTasks(other.agent, interrupts, other.tasks);
  await complete(gateway);
  expect((await resuming)!.stopReason).toBe('endTurn');
  expect(JSON.stringify(other.agent.messages)).toContain('"slept":60');
  expect(other.model.turns).toBe(1);
  expect(gateway.tasks.started).toBe(1);
});

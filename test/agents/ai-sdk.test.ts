// The real AI SDK with its own mock of a model, over the gateway on a real socket.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { generateText, isStepCount } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { expect, test } from '@jest/globals';
import { createTaskTools } from '../../src/agents/ai-sdk.ts';
import { createTaskClient, fromClient, listOperations } from '../../src/client/index.ts';
import { startGateway } from '../support/gateways/http-gateway.ts';

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
};

test('a tool call lasts as long as its task, and costs the model one turn', async () => {
  await using gateway = await startGateway();
  const client = new Client({ name: 'agent', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.url)));
  const callTool = fromClient(client);
  const tools = createTaskTools(createTaskClient(callTool), await listOperations(callTool));
  const model = new MockLanguageModelV4({
    doGenerate: async ({ prompt }) => {
      const answered = prompt.at(-1)!.role === 'tool';
      return {
        content: answered
          ? [{ type: 'text', text: 'done' }]
          : [
              {
                type: 'tool-call',
                toolCallId: 'call_1',
                toolName: 'sleep',
                input: '{"seconds":60}',
              },
            ],
        finishReason: { unified: answered ? 'stop' : 'tool-calls', raw: undefined },
        usage,
        warnings: [],
      };
    },
  });
  const running = generateText({
    model,
    tools,
    prompt: 'Sleep a minute.',
    stopWhen: isStepCount(5),
  });
  await gateway.tasks.whenWaiting();
  const { tasks: all } = await gateway.tasks.list({ principal: 'local' }, { limit: 10 });
  gateway.tasks.set(all[0]!.taskRef, { status: 'completed', result: { slept: 60 }, attempt: 1 });
  const { text, steps } = await running;
  expect(text).toBe('done');
  expect(steps[0]!.toolResults.map(({ output }) => output)).toEqual([{ slept: 60 }]);
  expect(model.doGenerateCalls).toHaveLength(2);
  await client.close();
});

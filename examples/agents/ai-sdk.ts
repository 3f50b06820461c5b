// The AI SDK with a tool that takes as long as it takes. The model is the SDK's own mock, so that this runs without a key.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { generateText, isStepCount } from 'ai';
import { MockLanguageModelV4 } from 'ai/test';
import { createTaskTools } from 'longhaul/ai-sdk';
import { createTaskClient, fromClient, listOperations } from 'longhaul/client';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const seconds = Number(process.argv[2] ?? 60);

const client = new Client({ name: 'my-agent', version: '1.0.0' });
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const callTool = fromClient(client);
const tools = createTaskTools(createTaskClient(callTool), await listOperations(callTool));

/** In your agent: `anthropic('...')`, `openai('...')`. */
const model = new MockLanguageModelV4({
  doGenerate: ({ prompt }) => {
    const last = prompt.at(-1);
    const answered = last?.role === 'tool';
    const call = { toolCallId: 'call_1', toolName: 'simulated_batch' };
    return Promise.resolve({
      content: answered
        ? [{ type: 'text', text: `It is done: ${JSON.stringify(last.content)}` }]
        : [{ type: 'tool-call', ...call, input: JSON.stringify({ items: 20, seconds }) }],
      finishReason: { unified: answered ? 'stop' : 'tool-calls', raw: undefined },
      usage: {
        inputTokens: { total: 0, noCache: 0, cacheRead: 0, cacheWrite: 0 },
        outputTokens: { total: 0, text: 0, reasoning: 0 },
      },
      warnings: [],
    });
  },
});

process.stdout.write('The agent runs.\n');
const { text, steps } = await generateText({
  model,
  tools,
  prompt: 'Run the batch.',
  stopWhen: isStepCount(5),
});
process.stdout.write(`${text}\nTurns of the model: ${steps.length}\n`);
await client.close();

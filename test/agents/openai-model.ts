// A language model behind the API that most frameworks speak (chat completions), scripted: it calls one tool, and repeats
// what came back. It answers at once or as a stream, as it is asked.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The model, on a free port. */
export interface OpenAiModel extends AsyncDisposable {
  /** For `OPENAI_BASE_URL`. */
  readonly url: string;
  /** Turns so far. */
  readonly turns: number;
  /** What it has read of its tool, as text. */
  readonly read: readonly string[];
}

interface Message {
  readonly role: string;
  readonly content?: string | readonly { readonly text?: string }[] | null;
}

interface Completion {
  readonly messages: readonly Message[];
  readonly stream?: boolean;
}

/** Starts a model that calls `tool` with `args`. */
export async function startOpenAiModel(tool: string, args: object): Promise<OpenAiModel> {
  let turns = 0;
  const read: string[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      turns += 1;
      const { messages, stream = false } = JSON.parse(body) as Completion;
      const last = messages.at(-1);
      const heard = last?.role === 'tool' ? toText(last) : null;
      if (heard !== null) read.push(heard);
      const message =
        heard === null
          ? { role: 'assistant', content: null, tool_calls: [toToolCall(tool, args)] }
          : { role: 'assistant', content: `It is done: ${heard}` };
      answer(response, message, heard === null ? 'tool_calls' : 'stop', stream);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get turns() {
      return turns;
    },
    read,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function toToolCall(name: string, args: object) {
  const call = { name, arguments: JSON.stringify(args) };
  return { index: 0, id: 'call_1', type: 'function', function: call };
}

function answer(response: ServerResponse, message: object, reason: string, stream: boolean): void {
  const common = { id: 'chatcmpl-1', created: 0, model: 'scripted' };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason: reason }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...common, object: 'chat.completion', choices, usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const send = (choices: object[], more: object = {}): void => {
    const chunk = { ...common, object: 'chat.completion.chunk', choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  send([{ index: 0, delta: message, finish_reason: null }]);
  send([{ index: 0, delta: {}, finish_reason: reason }]);
  send([], { usage });
  response.end('data: [DONE]\n\n');
}

function toText({ content }: Message): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map(({ text = '' }) => text).join('');
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

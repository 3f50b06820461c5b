// A language model behind the API that Claude Code speaks (Messages), scripted: it calls one tool after the other, and remembers what
// it was shown.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** What a turn of the model is shown. */
interface ShownTurn {
  readonly model: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly name: string; readonly defer_loading?: boolean }[];
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

/** A tool call that the model makes. */
export interface ScriptedCall {
  readonly name: string;
  readonly input: object;
}

/** The model, on a free port. */
export interface MessagesApi extends AsyncDisposable {
  /** For `ANTHROPIC_BASE_URL`. */
  readonly url: string;
  /** The turns that had tools. */
  readonly turns: readonly ShownTurn[];
  /** What the last turn was shown of each call, in their order. */
  readonly results: readonly string[];
}

/** Starts a model that makes these calls, and then says that it is done. */
export async function startMessagesApi(calls: readonly ScriptedCall[]): Promise<MessagesApi> {
  const turns: ShownTurn[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      const shown = body as ShownTurn;
      const call = shown.tools?.length ? calls[turns.push(shown) - 1] : undefined;
      const block = call
        ? { type: 'tool_use', id: `toolu_${turns.length}`, ...call }
        : { type: 'text', text: 'done' };
      response.setHeader('content-type', shown.stream ? 'text/event-stream' : 'application/json');
      response.end(shown.stream ? toStream(block) : JSON.stringify(toMessage([block])));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    turns,
    get results() {
      return (turns.at(-1)?.messages ?? []).flatMap(({ content }) => toResults(content));
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

type Block = Readonly<Record<string, unknown>>;

function toMessage(content: readonly Block[]) {
  const stop_reason = content[0]?.['type'] === 'tool_use' ? 'tool_use' : 'end_turn';
  const usage = { input_tokens: 1, output_tokens: 1 };
  const fixed = { id: 'msg_1', type: 'message', role: 'assistant', model: 'scripted' };
  return { ...fixed, content, stop_reason, stop_sequence: null, usage };
}

function toStream(block: Block): string {
  const { stop_reason, ...message } = toMessage([block]);
  const isText = block['type'] === 'text';
  const delta = isText
    ? { type: 'text_delta', text: block['text'] }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block['input']) };
  const empty = isText ? { ...block, text: '' } : { ...block, input: {} };
  const events: readonly (readonly [string, object])[] = [
    ['message_start', { message: { ...message, content: [], stop_reason: null } }],
    ['content_block_start', { index: 0, content_block: empty }],
    ['content_block_delta', { index: 0, delta }],
    ['content_block_stop', { index: 0 }],
    ['message_delta', { delta: { stop_reason }, usage: { output_tokens: 1 } }],
    ['message_stop', {}],
  ];
  return events
    .map(([type, data]) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`)
    .join('');
}

function toResults(content: unknown): string[] {
  if (!Array.isArray(content)) return [];
  return (content as readonly Block[])
    .filter(({ type }) => type === 'tool_result')
    .map((block) => {
      const { content: shown } = block;
      return typeof shown === 'string' ? shown : JSON.stringify(shown);
    });
}

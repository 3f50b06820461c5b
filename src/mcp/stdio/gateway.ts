// MCP over stdio. Clients start such a server twice to probe it and end it by closing its input, so it must be cheap to
// start and quick to end. Invariant: nothing but MCP is written to the output.
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { McpServerFactory } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { ServerFactory } from '../server.ts';
import { createLines, type LineProblem } from './lines.ts';
import { LineTransport } from './line-transport.ts';

export interface StdioGatewayOptions {
  readonly factory: ServerFactory;
  /** Aborted to shut down: running calls are answered first. */
  readonly signal?: AbortSignal;
  readonly input?: Readable;
  readonly output?: Writable;
}

/** Serves one client; resolves when the client has closed the input, or after the shutdown. */
export async function serveStdioGateway(options: StdioGatewayOptions): Promise<void> {
  const { factory, signal, input = process.stdin, output = process.stdout } = options;
  const drain = async (): Promise<void> => {
    // The SDK begins a call in the microtasks that follow its line, and writes its answer in those that follow its end.
    await nextTurn();
    await factory.drain();
    await nextTurn();
  };
  const refuse = (problem: LineProblem, id: string | number | null): void => {
    output.write(`${JSON.stringify(toRefusedLine(problem, id))}\n`);
  };
  // A client that sends its messages and closes, as scripts do, is answered too.
  const lines = createLines(refuse, drain);
  const transport = new LineTransport(lines, output);
  const ended = new Promise<void>((resolve) => {
    lines.once('end', resolve);
    const end = () => lines.end();
    input.once('close', end).once('error', end);
    output.once('error', () => {
      resolve();
    });
    signal?.addEventListener('abort', () => void drain().then(resolve), { once: true });
    if (signal?.aborted) resolve();
  });
  const server = serveStdio(withNotifications(factory), {
    transport,
    onerror: (error) => {
      factory.log.debug('stdio', { error: error.message });
    },
  });
  input.pipe(lines);
  await ended;
  input.unpipe(lines).pause(); // or it would keep the process
  await server.close();
}

/** Servers that say when the list of tools has changed. */
function withNotifications({ create, watchTools }: ServerFactory): McpServerFactory {
  if (!watchTools) return create;
  let connected: Awaited<ReturnType<McpServerFactory>> | undefined;
  watchTools(() => {
    // Before the client has said what it speaks there is nobody to tell.
    void tell(connected).catch(() => undefined);
  });
  return async (context) => {
    connected = await create(context);
    return connected;
  };
}

async function tell(server: Awaited<ReturnType<McpServerFactory>> | undefined): Promise<void> {
  await server?.sendToolListChanged();
  await server?.sendPromptListChanged();
  await server?.sendResourceListChanged();
}

function toRefusedLine(problem: LineProblem, id: string | number | null): object {
  const error =
    problem === 'no message'
      ? { code: -32_600, message: 'Invalid request: the line is no JSON-RPC message' }
      : { code: -32_700, message: `Parse error: the line is ${problem}` };
  return { jsonrpc: '2.0', id, error };
}

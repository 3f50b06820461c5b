// MCP over stdio. Clients start such a server twice to probe it and end it by closing its input, so it must be cheap to
// start and quick to end. Invariant: nothing but MCP is written to the output.
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { ServerFactory } from './server.ts';

/** What `serveStdioGateway` takes. */
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
  const transport = new StdioServerTransport(input, output);
  const ended = new Promise<void>((resolve) => {
    input.once('end', resolve).once('close', resolve);
    output.once('error', () => {
      resolve();
    });
    const stop = async (): Promise<void> => {
      await factory.drain();
      // The SDK writes the last answer in the microtasks that follow its call.
      await nextTurn();
      resolve();
    };
    signal?.addEventListener('abort', () => void stop(), { once: true });
    if (signal?.aborted) resolve();
  });
  const server = serveStdio(factory.create, {
    transport,
    onerror: (error) => {
      factory.log.debug('stdio', { error: error.message });
    },
  });
  await ended;
  await server.close();
}

// The tool that everybody writes first: it calls the API and answers when the API has. The baseline, over HTTP like the gateway.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

/** Pause between two looks at a job, in milliseconds; the same as the gateway's. */
const LOOK_MS = 1000;

/** A server of blocking tools. */
export interface BlockingServer extends AsyncDisposable {
  /** The MCP endpoint. */
  readonly mcpUrl: string;
}

/** Starts it over an upstream. */
export async function startBlockingServer(upstreamUrl: string): Promise<BlockingServer> {
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'blocking', version: '1' });
    server.registerTool(
      'call_api',
      {
        description: 'Calls an API.',
        inputSchema: z.object({ operation: z.string(), customer: z.string() }),
      },
      async ({ operation }, { mcpReq: { signal } }) => {
        const { ok, text } = await callApi(upstreamUrl, operation, signal);
        return { content: [{ type: 'text', text }], isError: !ok };
      },
    );
    return server;
  });
  const serve = toNodeHandler(handler);
  const server = createServer(
    (request, response) => void serve(request as NodeIncomingMessageLike, response),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    mcpUrl: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

async function callApi(url: string, operation: string, signal: AbortSignal) {
  if (operation !== 'job') return toAnswer(await fetch(`${url}/${operation}`, { signal }));
  const submitted = await fetch(`${url}/jobs`, { method: 'POST', signal });
  const { id } = (await submitted.json()) as { id: string };
  for (;;) {
    const { status, output } = (await (await fetch(`${url}/jobs/${id}`, { signal })).json()) as {
      status: string;
      output?: unknown;
    };
    if (status === 'succeeded') return { ok: true, text: JSON.stringify(output) };
    await sleep(LOOK_MS, undefined, { signal });
  }
}

async function toAnswer(response: Response) {
  const text = await response.text();
  return { ok: response.ok, text: response.ok ? text : `HTTP ${response.status}: ${text}` };
}

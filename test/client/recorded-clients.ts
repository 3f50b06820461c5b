// Real SDK clients whose requests are written down: by method, and by tool where a tool is called.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { fromClient, fromLegacyClient, type CallTool } from '../../src/client/index.ts';

/** A connection that closes with its scope. */
export interface RecordedClient extends AsyncDisposable {
  readonly callTool: CallTool;
  /** Requests after the connection was made, in order: `tasks/get`, `tools/call sleep`. */
  readonly requests: readonly string[];
  /** Loses the answer to the next request of this name, which the server has carried out. */
  loseAnswer(request: string): void;
}

export const KINDS = ['client 2.4 modern', 'client 2.4 legacy', 'sdk 1.32'] as const;

/** Connects a client of a kind. */
export async function connectRecorded(
  kind: (typeof KINDS)[number],
  url: string,
): Promise<RecordedClient> {
  const requests: string[] = [];
  const lost: string[] = [];
  const record = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const name = toName(init?.body);
    if (name !== null) requests.push(name);
    const response = await fetch(input, init);
    if (name === null || !lost.includes(name)) return response;
    lost.splice(lost.indexOf(name), 1);
    await response.text();
    throw new TypeError('fetch failed');
  };
  const endpoint = new URL(url);
  const information = { name: 'test', version: '1' };
  const more = (callTool: CallTool, close: () => Promise<void>): RecordedClient => {
    requests.length = 0;
    const loseAnswer = (name: string) => lost.push(name);
    return { callTool, requests, loseAnswer, [Symbol.asyncDispose]: close };
  };
  if (kind === 'sdk 1.32') {
    const client = new OldClient(information);
    await client.connect(new OldTransport(endpoint, { fetch: record }));
    return more(fromLegacyClient(client), () => client.close());
  }
  const mode = kind === 'client 2.4 modern' ? 'auto' : 'legacy';
  const client = new Client(information, { versionNegotiation: { mode } });
  await client.connect(new StreamableHTTPClientTransport(endpoint, { fetch: record }));
  return more(fromClient(client), () => client.close());
}

function toName(body: unknown): string | null {
  if (typeof body !== 'string') return null;
  const { method, params, id } = JSON.parse(body) as {
    method: string;
    params?: { name?: string };
    id?: number;
  };
  if (id === undefined) return null;
  return method === 'tools/call' ? `${method} ${params?.name ?? ''}` : method;
}

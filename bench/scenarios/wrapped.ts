// What it costs to stand in front of an MCP server: a tool that takes no time, in each lane, beside the server itself and an operation that
// does nothing, the list of 500 tools, and calls at once on one process of the server.
import { fileURLToPath } from 'node:url';
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { takeTurns, type Latency } from '../sample.ts';
import { inLane, TEXT, type Setting } from '../setting.ts';

export interface Wrapped {
  readonly wrapped: Latency;
  readonly wrappedActivity: Latency;
  /** By the server itself, over a pipe. */
  readonly direct: Latency;
  readonly empty: Latency;
  readonly list: Latency;
  /** So many calls at once, each of which takes half a second: of a tool on one process, and of an operation. */
  readonly together: { readonly calls: number; readonly wrapped: Latency; readonly own: Latency };
}

const AT_ONCE = 20;

export async function measureWrapped({ start, quick }: Setting): Promise<Wrapped> {
  await using gateway = await start('dev', 'wrapped.config.ts', inLane('workflow'));
  await using inActivities = await start('dev', 'wrapped.config.ts', inLane('activity'));
  const client = await connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
  const activity = await connect(new StreamableHTTPClientTransport(new URL(inActivities.mcpUrl)));
  const server = fileURLToPath(new URL('../raw/mcp-server.js', import.meta.url));
  const direct = await connect(
    new StdioClientTransport({ command: process.execPath, args: [server] }),
  );
  const toCall = (name: string) => ({ name, arguments: { text: TEXT } });
  const call = async (name: string) => client.callTool(toCall(name));
  const latencies = await takeTurns(
    {
      wrapped: () => call('nothing'),
      wrappedActivity: () => activity.callTool(toCall('nothing')),
      direct: () => direct.callTool(toCall('nothing')),
      empty: () => call('empty'),
      list: () => client.request({ method: 'tools/list', params: {} }),
    },
    quick ? 50 : 200,
  );
  const many = async (name: string) =>
    Promise.all(Array.from({ length: AT_ONCE }, async () => call(name)));
  const turns = { wrapped: () => many('pause'), own: () => many('rest') };
  const together = { calls: AT_ONCE, ...(await takeTurns(turns, quick ? 5 : 20)) };
  for (const one of [client, activity, direct]) await one.close();
  await inActivities.stop();
  await gateway.stop();
  return { ...latencies, together };
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport);
  return client;
}

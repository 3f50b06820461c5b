// What it costs to stand in front of an MCP server: in each lane, a tool that takes no time beside the server itself and an operation that
// does nothing; the list of 500 tools; and calls at once on one process of the server.
import { fileURLToPath } from 'node:url';
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import type { Lane } from '../../src/contract/lane.ts';
import { takeTurns, type Latency } from '../sample.ts';
import { inLane, TEXT, type Setting } from '../setting.ts';

export interface Wrapped {
  readonly workflow: InLane;
  readonly activity: InLane;
  readonly list: Latency;
  /** So many calls at once, each of which takes half a second: of a tool on one process, and of an operation. */
  readonly together: { readonly calls: number; readonly wrapped: Latency; readonly own: Latency };
}

/** Calls in the same turns: what Temporal still does for a task of the other lane would cost the next call. */
interface InLane {
  readonly wrapped: Latency;
  readonly empty: Latency;
  /** By the server itself, over a pipe. */
  readonly direct: Latency;
}

const AT_ONCE = 20;

export async function measureWrapped({ start, quick }: Setting): Promise<Wrapped> {
  const server = fileURLToPath(new URL('../raw/mcp-server.js', import.meta.url));
  const direct = await connect(
    new StdioClientTransport({ command: process.execPath, args: [server] }),
  );
  const calls = quick ? 50 : 200;
  const toCall = (name: string) => ({ name, arguments: { text: TEXT } });
  const withClient = async <Result>(lane: Lane, measure: (client: Client) => Promise<Result>) => {
    await using gateway = await start('dev', 'wrapped.config.ts', inLane(lane));
    const client = await connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
    const result = await measure(client);
    await client.close();
    await gateway.stop();
    return result;
  };
  const measureLane = async (client: Client): Promise<InLane> =>
    takeTurns(
      {
        wrapped: () => client.callTool(toCall('nothing')),
        direct: () => direct.callTool(toCall('nothing')),
        empty: () => client.callTool(toCall('empty')),
      },
      calls,
    );
  const activity = await withClient('activity', measureLane);
  const others = await withClient('workflow', async (client) => {
    const workflow = await measureLane(client);
    const list = async () => client.request({ method: 'tools/list', params: {} });
    const many = async (name: string) =>
      Promise.all(Array.from({ length: AT_ONCE }, async () => client.callTool(toCall(name))));
    const turns = { wrapped: () => many('pause'), own: () => many('rest') };
    return {
      workflow,
      ...(await takeTurns({ list }, calls)),
      together: { calls: AT_ONCE, ...(await takeTurns(turns, quick ? 5 : 20)) },
    };
  });
  await direct.close();
  return { activity, ...others };
}

async function connect(transport: Transport): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(transport);
  return client;
}

// What it costs to stand in front of an MCP server: a tool that takes no time beside an operation that does nothing, the list of 500
// tools, and calls at once on one process of the server.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { takeTurns, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';

export interface Wrapped {
  readonly wrapped: Latency;
  readonly empty: Latency;
  readonly list: Latency;
  /** So many calls at once, each of which takes half a second: of a tool on one process, and of an operation. */
  readonly together: { readonly calls: number; readonly wrapped: Latency; readonly own: Latency };
}

const AT_ONCE = 20;

export async function measureWrapped({ start, quick }: Setting): Promise<Wrapped> {
  await using gateway = await start('dev', 'wrapped.config.ts');
  const client = new Client({ name: 'bench', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
  const call = async (name: string) => client.callTool({ name, arguments: { text: TEXT } });
  const latencies = await takeTurns(
    {
      wrapped: () => call('nothing'),
      empty: () => call('empty'),
      list: () => client.request({ method: 'tools/list', params: {} }),
    },
    quick ? 50 : 200,
  );
  const many = async (name: string) =>
    Promise.all(Array.from({ length: AT_ONCE }, async () => call(name)));
  const turns = { wrapped: () => many('pause'), own: () => many('rest') };
  const together = { calls: AT_ONCE, ...(await takeTurns(turns, quick ? 5 : 20)) };
  await client.close();
  await gateway.stop();
  return { ...latencies, together };
}

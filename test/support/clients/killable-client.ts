// A client that is a process of its own, to be killed in the middle of calls of tools: it is given their arguments by name, and the
// command of its server. Its first line is the process id of the server.
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';

const [calls = '{}', command = '', ...rest] = process.argv.slice(2);
const transport = new StdioClientTransport({
  ...{ command, args: rest },
  env: process.env as Record<string, string>,
});
const client = new Client({ name: 'killable', version: '1' });
await client.connect(transport);
process.stdout.write(`${transport.pid ?? 0}\n`);
const calling = Object.entries(JSON.parse(calls) as Record<string, Record<string, unknown>>).map(
  async ([name, args]) => client.callTool({ name, arguments: args }),
);
await Promise.allSettled(calling);

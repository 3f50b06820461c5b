// A program without a framework: one call that takes as long as it takes.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { createTaskClient, fromClient } from 'longhaul/client';

const url = process.env['LONGHAUL_URL'] ?? 'http://127.0.0.1:7400/mcp';
const seconds = Number(process.argv[2] ?? 60);

const client = new Client(
  { name: 'my-agent', version: '1.0.0' },
  { versionNegotiation: { mode: 'auto' } },
);
await client.connect(new StreamableHTTPClientTransport(new URL(url)));
const tasks = createTaskClient(fromClient(client));

const outcome = await tasks.run(
  'simulated_batch',
  { items: 20, seconds },
  { onProgress: ({ message }) => process.stdout.write(`${message ?? ''}\n`) },
);
process.stdout.write(`It is done: ${JSON.stringify(outcome)}\n`);
await client.close();

// One call of `run`, and everything behind it killed while it waits.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { expect, test } from '@jest/globals';
import { createTaskClient, fromClient } from '../../src/client/index.ts';
import { readDataDirectory } from '../../src/local/index.ts';
import { freePort } from '../../src/local/ports.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { startLonghaul } from '../support/processes/longhaul.ts';

const startDev = (home: Home, port: string) =>
  startLonghaul('dev', ['--port', port, '--data-dir', home.dataDirectory], { cwd: home.path });

test('one run survives kill -9 of gateway, worker and server', async () => {
  await using home = await createHome();
  const gateway = await startDev(home, String(await freePort()));
  const { port } = new URL(gateway.mcpUrl);
  const client = new Client(
    { name: 'agent', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(gateway.mcpUrl)));
  const calls: string[] = [];
  const callTool = fromClient(client);
  const tasks = createTaskClient((tool, args, options) => {
    calls.push(tool);
    return callTool(tool, args, options);
  });

  let begun: (() => void) | undefined;
  const processing = new Promise<void>((resolve) => (begun = resolve));
  const running = tasks.run(
    'simulated_batch',
    { items: 20, seconds: 20 },
    { idempotencyKey: 'nightly', onProgress: () => begun?.() },
  );
  await Promise.race([processing, running]);
  const { server } = await readDataDirectory(home.dataDirectory);
  await gateway.kill();
  process.kill(server!.pid, 'SIGKILL');

  await using next = await startDev(home, port);
  expect(await running).toMatchObject({ status: 'completed', result: { processed: 20 } });
  expect(calls.filter((tool) => tool === 'initiate_background_task')).toHaveLength(1);
  const again = await tasks.run(
    'simulated_batch',
    { items: 20, seconds: 20 },
    { idempotencyKey: 'nightly' },
  );
  expect(again.status).toBe('completed');
  await client.close();
  await next.stop();
}, 240_000);

// `npm run bench:cost`: what a task of each kind costs, counted by the server and from the histories; writes the table of docs/cost.md.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Lane } from '../../src/contract/lane.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { startLonghaul } from '../../test/support/processes/longhaul.ts';
import { writePage } from '../../tools/docs/measured-page.ts';
import { openRawTemporal } from '../raw/client.ts';
import { TEXT } from '../setting.ts';
import { countPrice, type Price } from './count.ts';
import { startMeteredServer } from './server.ts';
import { toPriceList, withPriceList } from './price-list.ts';

const TASKS = 30;

const initiate = (operation_type: string, parameters: object) => async (caller: McpCaller) =>
  caller.call('initiate_background_task', { operation_type, parameters, wait_seconds: 25 });

const text = { text: TEXT };

/** What each row runs, in which lane, and how many tasks that is. */
const ROWS: Record<string, readonly [Lane, (caller: McpCaller) => Promise<unknown>]> = {
  'an attempt': ['workflow', initiate('empty', text)],
  'an attempt, in the activity lane': ['activity', initiate('empty', text)],
  'a failed attempt and a second one': ['workflow', initiate('retried', text)],
  'a job of 10 polls': ['workflow', initiate('job', text)],
  'a call of a wrapped MCP server': ['workflow', initiate('nothing', text)],
  'a workflow of yours, of one timer': ['workflow', initiate('ordered', text)],
  'an activity of yours': ['workflow', initiate('scheduled', text)],
  'an attempt that asks once': ['workflow', ask],
  'an attempt and a callback': ['workflow', initiate('reported', text)],
  'a batch of 10 attempts': [
    'workflow',
    initiate('batch', { operation: 'empty', items: Array(10).fill({ parameters: text }) }),
  ],
  'a start that is repeated': [
    'workflow',
    async (caller) =>
      caller.call('initiate_background_task', {
        ...{ operation_type: 'empty', parameters: text, idempotency_key: 'the-same' },
        wait_seconds: 25,
      }),
  ],
};

async function ask(caller: McpCaller): Promise<void> {
  const { task_ref } = await initiate('approval', { question: 'May it?' })(caller);
  const decision = { action: 'accept', content: { approve: true } };
  await caller.call('provide_task_input', { task_ref, responses: { decision } });
  await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
}

const receiver = createServer((_, answer) => answer.writeHead(204).end()).listen(0, '127.0.0.1');
await once(receiver, 'listening');
const { port } = receiver.address() as AddressInfo;
const config = fileURLToPath(new URL('longhaul.config.ts', import.meta.url));
const prices: Record<string, Price> = {};
{
  await using server = await startMeteredServer();
  await using raw = await openRawTemporal(server.address);
  for (const lane of ['workflow', 'activity'] as const) {
    const env = {
      TEMPORAL_ADDRESS: server.address,
      LONGHAUL_TASK_QUEUE: lane,
      LONGHAUL_LANE: lane === 'activity' ? 'auto' : lane,
      BENCH_SECRET: `whsec_${randomBytes(24).toString('base64')}`,
      BENCH_RECEIVER: `http://127.0.0.1:${port}/`,
    };
    const flags = ['--config', config];
    await using gateway = await startLonghaul('serve', [...flags, '--port', '0'], { env });
    await using worker = await startLonghaul('worker', flags, { env });
    await using caller = openMcpCaller(gateway.mcpUrl, 1);
    const pids = [worker.pid, gateway.pid, server.pid];
    for (const [name, [of, run]] of Object.entries(ROWS)) {
      if (of !== lane) continue;
      process.stderr.write(`${name} ...\n`);
      await run(caller); // the first loads what the others find
      prices[name] = await countPrice({ server, client: raw.client, pids }, TASKS, () =>
        run(caller),
      );
      process.stderr.write(`${JSON.stringify(prices[name])}\n`);
    }
  }
}
receiver.close();
const list = toPriceList(prices);
process.stdout.write(`${list}\n`);
const page = await readFile(new URL('../../docs/cost.md', import.meta.url), 'utf8');
await writePage('cost.md', withPriceList(page, list));

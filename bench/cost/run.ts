// `npm run bench:cost`: what a task of each kind costs in each lane, counted by the server and from the histories; writes the tables of
// docs/cost.md.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Lane } from '../../src/contract/lane.ts';
import { createKeyText } from '../../src/encryption/index.ts';
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { createTemporaryDirectory } from '../../test/support/files/temporary-directory.ts';
import { startLonghaul } from '../../test/support/processes/longhaul.ts';
import { writePage } from '../../tools/docs/measured-page.ts';
import { openRawTemporal } from '../raw/client.ts';
import { countPrice, measureRest } from './count.ts';
import { toPriceList, withPriceList, type PricedRow } from './price-list.ts';
import { ROWS, type Setup } from './rows.ts';
import { startMeteredServer } from './server.ts';

const TASKS = 30;

/** Tasks after which processes are as they stay. */
const WARMING = 20;

const upstream = createServer((request, answer) => {
  request.resume().on('end', () => answer.setHeader('content-type', 'application/json').end('{}'));
}).listen(0, '127.0.0.1');
await once(upstream, 'listening');
const { port } = upstream.address() as AddressInfo;
const config = fileURLToPath(new URL('longhaul.config.ts', import.meta.url));
const priced: PricedRow[] = [];
{
  await using server = await startMeteredServer();
  await using raw = await openRawTemporal(server.address);
  await using files = await createTemporaryDirectory();
  const common = {
    TEMPORAL_ADDRESS: server.address,
    LONGHAUL_STORAGE_MODE: 'directory',
    LONGHAUL_STORAGE_DIRECTORY: files.path,
    BENCH_SECRET: `whsec_${randomBytes(24).toString('base64')}`,
    BENCH_UPSTREAM: `http://127.0.0.1:${port}/`,
    BENCH_KEY: createKeyText(),
    BENCH_NAME_KEY: createKeyText(),
  };
  const measure = async (setup: Setup, lane: Lane) => {
    const env = {
      ...common,
      LONGHAUL_TASK_QUEUE: `${setup} ${lane}`,
      LONGHAUL_LANE: lane === 'activity' ? 'auto' : lane,
      BENCH_SETUP: setup,
    };
    await using gateway = await startLonghaul('serve', ['--config', config, '--port', '0'], {
      env,
    });
    await using worker = await startLonghaul('worker', ['--config', config], { env });
    await using caller = openMcpCaller(gateway.mcpUrl, TASKS);
    const pids = [worker.pid, gateway.pid, server.pid];
    for (let index = 0; index < WARMING; index += 1) await ROWS[0]?.run(caller);
    const counted = { server, client: raw.client, pids, atRest: await measureRest(pids) };
    for (const row of ROWS) {
      if (row.setup !== setup || !row.lanes.includes(lane)) continue;
      const { name, isTogether } = row;
      process.stderr.write(`${name}, ${lane} lane ...\n`);
      if (!isTogether) await row.run(caller); // the first loads what the others find
      const price = await countPrice(counted, TASKS, async () => {
        if (isTogether)
          return Promise.all(Array.from({ length: TASKS }, async () => row.run(caller)));
        for (let index = 0; index < TASKS; index += 1) await row.run(caller);
        return undefined;
      });
      process.stderr.write(`${JSON.stringify(price)}\n`);
      priced.push({ name, lane, price });
    }
  };
  for (const setup of ['plain', 'encrypted', 'without fairness'] as const) {
    for (const lane of ['workflow', 'activity'] as const) await measure(setup, lane);
  }
}
upstream.close();
const list = toPriceList(ROWS.flatMap((row) => priced.filter(({ name }) => name === row.name)));
process.stdout.write(`${list}\n`);
const page = await readFile(new URL('../../docs/cost.md', import.meta.url), 'utf8');
await writePage('cost.md', withPriceList(page, list));

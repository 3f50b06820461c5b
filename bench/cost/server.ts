// A Temporal server with the flags of the embedded one, and with its metrics and its database to be read.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporalCli } from '../../src/local/index.ts';
import { DYNAMIC_CONFIG } from '../../src/local/server/launch.ts';
import { scrape, type Sample } from '../../test/e2e/scrape.ts';

export interface MeteredServer extends AsyncDisposable {
  readonly address: string;
  readonly pid: number;
  readMetrics(): Promise<readonly Sample[]>;
  /** Bytes of the pages of the database that hold something. */
  readStoredBytes(): number;
}

/** Starts it on free ports, in a folder of its own. */
export async function startMeteredServer(): Promise<MeteredServer> {
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const cli = await findTemporalCli({ env: process.env, report });
  const directory = await mkdtemp(join(tmpdir(), 'longhaul-cost-'));
  const file = join(directory, 'temporal.db');
  const [port, metricsPort] = [await findPort(), await findPort()];
  const child = spawn(
    cli.file,
    [
      ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(port)],
      ...['--metrics-port', String(metricsPort), '--db-filename', file, '--log-level', 'error'],
      ...['--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal'],
      ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => [
        '--dynamic-config-value',
        `${key}=${JSON.stringify(value)}`,
      ]),
    ],
    { env: cli.env, stdio: 'ignore' },
  );
  const ended = once(child, 'exit');
  const readMetrics = async () => scrape(`http://127.0.0.1:${metricsPort}/metrics`);
  while (child.exitCode === null && !(await isReady(readMetrics))) await sleep(100);
  if (child.pid === undefined || child.exitCode !== null) throw new Error('no server started');
  return {
    address: `127.0.0.1:${port}`,
    pid: child.pid,
    readMetrics,
    readStoredBytes: () => {
      const database = new DatabaseSync(file, { readOnly: true });
      try {
        const read = (name: string) =>
          Number(database.prepare(`PRAGMA ${name}`).get()?.[name] ?? NaN);
        return (read('page_count') - read('freelist_count')) * read('page_size');
      } finally {
        database.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** The namespace of tasks is there. */
async function isReady(readMetrics: MeteredServer['readMetrics']): Promise<boolean> {
  const samples = await readMetrics().catch(() => []);
  return samples.some(({ labels }) => labels['namespace'] === 'default');
}

async function findPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return address.port;
}

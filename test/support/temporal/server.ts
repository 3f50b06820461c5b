// A real Temporal server on a data directory of its own, started as the product starts it. Nothing restarts it but the test.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporalCli, type TemporalCli } from '../../../src/local/index.ts';
import { openDataDirectory } from '../../../src/local/data-directory.ts';
import { describeServer } from '../../../src/local/server/embedded-server.ts';
import { withLock } from '../../../src/local/lock.ts';
import type { NamespaceOptions } from '../../../src/local/server/namespace.ts';
import { isAlive } from '../../../src/local/process-identity.ts';
import { startServer } from '../../../src/local/server/server.ts';

/** A running server, and what a test may do to it. Ends with its scope, files and all. */
export interface TestTemporal extends AsyncDisposable {
  /** `host:port` of the frontend; stays the same across `restart`. */
  readonly address: string;
  readonly dataDirectory: string;
  /** Process id of the server that runs now, or ran last. */
  readonly pid: number;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts the server again on the same file and address; kills it first where it runs. */
  restart(): Promise<void>;
}

const RETENTION_MS = 48 * 60 * 60 * 1_000;

/** The Temporal CLI of this machine; a machine without one fetches it, once, which can take minutes. */
export function findTestCli(): Promise<TemporalCli> {
  return findTemporalCli({ env: process.env, report: (line) => process.stderr.write(`${line}\n`) });
}

/** Starts a server with an empty database, with these search attributes and this dynamic configuration beside the product's. */
export async function startTestTemporal(
  searchAttributes: NamespaceOptions['searchAttributes'] = {},
  dynamicConfig: Readonly<Record<string, boolean>> = {},
): Promise<TestTemporal> {
  const found = await findTestCli();
  const directory = await openDataDirectory(await mkdtemp(join(tmpdir(), 'longhaul-temporal-')));
  const cli = {
    ...found,
    file: await withDynamicConfig(found.file, directory.path, dynamicConfig),
  };
  const start = () =>
    withLock(directory.lock, () =>
      startServer(cli, {
        directory,
        searchAttributes,
        retentionMs: RETENTION_MS,
        report: () => undefined,
      }),
    );
  let state = await start();
  const kill = async (): Promise<void> => {
    if (isAlive(state)) process.kill(state.pid, 'SIGKILL');
    while (isAlive(state)) await sleep(5);
  };
  const server = describeServer(directory, state);
  return {
    address: server.address,
    dataDirectory: directory.path,
    get pid() {
      return state.pid;
    },
    kill,
    restart: async () => {
      await kill();
      state = await start();
    },
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(directory.path, { recursive: true, force: true });
    },
  };
}

/** A script that gives a CLI more arguments: of two for one setting, the last holds. */
async function withDynamicConfig(
  cli: string,
  folder: string,
  dynamicConfig: Readonly<Record<string, boolean>>,
): Promise<string> {
  const values = Object.entries(dynamicConfig);
  if (values.length === 0) return cli;
  const more = values.map(([name, value]) => `--dynamic-config-value ${name}=${value}`).join(' ');
  const file = join(folder, 'temporal.sh');
  await writeFile(file, `#!/bin/sh\nexec '${cli}' "$@" ${more}\n`, { mode: 0o700 });
  return file;
}

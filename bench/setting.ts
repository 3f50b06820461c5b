// Where the benchmark runs: a Temporal server from the product's launcher in a temporary data directory, the built CLI
// as processes against it, and Temporal used directly, all on this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli, joinDataDirectory } from '../src/local/index.ts';
import { SEARCH_ATTRIBUTES } from '../src/temporal/calls/search-attributes.ts';
import { startLonghaul, type Longhaul } from '../test/support/processes/longhaul.ts';
import { openRawTemporal, type RawTemporal } from './raw/client.ts';

/** What every scenario gets. */
export interface Setting extends AsyncDisposable {
  readonly raw: RawTemporal;
  /** Starts the built CLI against the server, on a free port, with a configuration of this folder. */
  readonly start: (
    command: 'dev' | 'serve' | 'worker',
    configuration?: string,
    env?: Readonly<Record<string, string>>,
  ) => Promise<Longhaul>;
  /** Shorter rounds and fewer samples. */
  readonly quick: boolean;
  /** A folder for whatever a scenario writes. */
  readonly directory: string;
}

/** Parameters of every start: a kilobyte. */
export const TEXT = 'x'.repeat(1000);

/** Flags of a process of the benchmark. */
export const CONFIG_FLAGS = toFlags('longhaul.config.ts');

/** Starts the server and connects to it. */
export async function openSetting(quick: boolean): Promise<Setting> {
  const directory = await mkdtemp(join(tmpdir(), 'longhaul-bench-'));
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const server = await joinDataDirectory({
    dataDirectory: join(directory, 'temporal'),
    role: 'bench',
    findCli: async () => findTemporalCli({ env: process.env, report }),
    searchAttributes: SEARCH_ATTRIBUTES,
    report,
  });
  const { address } = server.server;
  const raw = await openRawTemporal(address);
  return {
    raw,
    quick,
    directory,
    start: (command, configuration = 'longhaul.config.ts', env = {}) =>
      startLonghaul(command, toFlags(configuration, command), {
        // Tasks of a gateway without a worker stay open: on a queue of their own, so that no worker finds them later.
        env: { TEMPORAL_ADDRESS: address, LONGHAUL_TASK_QUEUE: `bench-${command}`, ...env },
      }),
    [Symbol.asyncDispose]: async () => {
      await raw[Symbol.asyncDispose]();
      await server.leave();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toFlags(configuration: string, command?: string): readonly string[] {
  const file = fileURLToPath(new URL(configuration, import.meta.url));
  return ['--config', file, ...(command === 'worker' ? [] : ['--port', '0'])];
}

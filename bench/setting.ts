// Where the benchmark runs: a Temporal server from the product's launcher in a temporary data directory, the built CLI
// as processes against it, and Temporal used directly, all on this machine.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findTemporalCli, joinDataDirectory } from '../src/local/index.ts';
import type { Lane } from '../src/contract/lane.ts';
import { SEARCH_ATTRIBUTES } from '../src/temporal/calls/search-attributes.ts';
import { startLonghaul, type Longhaul } from '../test/support/processes/longhaul.ts';
import { provideEarlierVersion } from './earlier-version.ts';
import { openRawTemporal, type RawTemporal } from './raw/client.ts';

/** Starts a built CLI against the server, on a free port, with a configuration of its version's folder of benchmarks. */
type Start = (
  command: 'dev' | 'serve' | 'worker',
  configuration?: string,
  env?: Readonly<Record<string, string>>,
) => Promise<Longhaul>;

/** What every scenario gets. */
export interface Setting extends AsyncDisposable {
  readonly raw: RawTemporal;
  readonly start: Start;
  /** An earlier version to measure beside this one, where the run was given a commit. */
  readonly earlier: { readonly commit: string; readonly start: Start } | null;
  /** The process of the Temporal server. */
  readonly serverPid: number;
  /** Shorter rounds and fewer samples. */
  readonly quick: boolean;
  /** A folder for whatever a scenario writes. */
  readonly directory: string;
}

/** Parameters of every start: a kilobyte. */
export const TEXT = 'x'.repeat(1000);

/** The folder of this version's configurations. */
const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Flags of a process of the benchmark. */
export const CONFIG_FLAGS = toFlags(join(HERE, 'longhaul.config.ts'));

/** Settings of a process whose operations run in a lane, where they can. */
export function inLane(lane: Lane): Readonly<Record<string, string>> {
  return { LONGHAUL_LANE: lane };
}

/** How to measure. */
export interface SettingOptions {
  readonly quick: boolean;
  /** The lane of whatever does not compare lanes. */
  readonly lane: Lane;
  /** A tag or a commit to measure against. */
  readonly against?: string | undefined;
}

/** Starts the server and connects to it. */
export async function openSetting({ quick, lane, against }: SettingOptions): Promise<Setting> {
  const earlier = against === undefined ? null : await provideEarlierVersion(against);
  const directory = await mkdtemp(join(tmpdir(), 'longhaul-bench-'));
  const report = (line: string) => void process.stderr.write(`${line}\n`);
  const server = await joinDataDirectory({
    dataDirectory: join(directory, 'temporal'),
    role: 'bench',
    findCli: async () => findTemporalCli({ env: process.env, report }),
    searchAttributes: SEARCH_ATTRIBUTES,
    report,
  });
  const { address, pid } = server.server;
  const raw = await openRawTemporal(address);
  const toStart =
    (folder: string, own: Readonly<Record<string, string>>, cli?: string): Start =>
    (command, configuration = 'longhaul.config.ts', env = {}) =>
      startLonghaul(command, toFlags(join(folder, configuration), command), {
        env: { TEMPORAL_ADDRESS: address, ...withQueue(command, { ...own, ...env }) },
        ...(cli !== undefined && { cli }),
      });
  return {
    raw,
    quick,
    directory,
    serverPid: pid,
    start: toStart(HERE, inLane(lane)),
    earlier: earlier && {
      commit: earlier.commit,
      start: toStart(join(earlier.path, 'bench'), {}, join(earlier.path, 'dist/src/cli.js')),
    },
    [Symbol.asyncDispose]: async () => {
      await raw[Symbol.asyncDispose]();
      await server.leave();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function toFlags(file: string, command?: string): readonly string[] {
  return ['--config', file, ...(command === 'worker' ? [] : ['--port', '0'])];
}

/** Tasks of a gateway without a worker stay open: on a queue of their own, so that no worker finds them later; and so for each lane. */
function withQueue(command: string, env: Readonly<Record<string, string>>) {
  const lane = env['LONGHAUL_LANE'] ?? 'earlier';
  return { LONGHAUL_TASK_QUEUE: `bench-${command}-${lane}`, ...env };
}

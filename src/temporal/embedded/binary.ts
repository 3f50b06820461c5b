// Finds the Temporal CLI, or gets it: the one configured, the one on PATH, the cached one, the official download, a
// build from source. Invariant: a file of the cache is whole and has been run; processes that lack it at the same time
// fetch it once.
import { existsSync } from 'node:fs';
import { access, chmod, constants, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buildTemporalCli } from './build.ts';
import { readTemporalCli, type TemporalCli } from './cli-version.ts';
import { DOWNLOAD_URL, downloadTemporalCli } from './download.ts';
import { withLock } from './lock.ts';
import { cacheDirectory, cachedCliFile, CLI_VERSION, thisTarget } from './platform.ts';

/** Where to look, and whom to tell. */
export interface FindCliOptions {
  /** The environment: `LONGHAUL_TEMPORAL_CLI`, `PATH`, `XDG_CACHE_HOME` and what Go reads. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Receives lines for people; the long steps say how they go. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
  /** Where the archives are; Temporal's own address by default. */
  readonly downloadUrl?: string | undefined;
}

/** Directories in which something is being fetched. */
const WORK_PREFIX = 'fetching-';
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
      return await readTemporalCli(configured, signal);
    } catch (error) {
      signal?.throwIfAborted();
      throw new Error(`LONGHAUL_TEMPORAL_CLI: ${messageOf(error)}`, { cause: error });
    }
  }
  const failures: string[] = [];
  const attempt = async (
    name: string,
    source: () => Promise<TemporalCli>,
  ): Promise<TemporalCli | undefined> => {
    try {
      return await source();
    } catch (error) {
      signal?.throwIfAborted();
      failures.push(`${name}: ${messageOf(error)}`);
      return undefined;
    }
  };
  const found =
    (await attempt('temporal on PATH', () => onPath(options))) ??
    (await attempt('cache', () => cached(options))) ??
    (await fetched(options, attempt));
  if (found) return found;
  throw new Error(advice(failures));
}

type Attempt = (
  name: string,
  source: () => Promise<TemporalCli>,
) => Promise<TemporalCli | undefined>;

async function onPath({ env, signal }: FindCliOptions): Promise<TemporalCli> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const file = join(directory, 'temporal');
    if (directory && (await isExecutable(file))) return readTemporalCli(file, signal);
  }
  throw new Error('not found');
}

async function cached(options: FindCliOptions): Promise<TemporalCli> {
  const file = cachedCliFile(cacheOf(options), thisTarget());
  if (!existsSync(file)) throw new Error(`${file} is not there`);
  return readTemporalCli(file, options.signal);
}

/** Downloads or builds under a lock; the caller before may have done it meanwhile. */
async function fetched(
  options: FindCliOptions,
  attempt: Attempt,
): Promise<TemporalCli | undefined> {
  const { env, report, signal } = options;
  const cache = cacheOf(options);
  return withLock(
    join(cache, 'temporal-cli.lock'),
    async () => {
      const ready = await cached(options).catch(() => undefined);
      await removeLeftovers(cache);
      return (
        ready ??
        (await attempt('download', () =>
          into(options, (directory) =>
            downloadTemporalCli({
              url: options.downloadUrl ?? DOWNLOAD_URL,
              directory,
              report,
              signal,
            }),
          ),
        )) ??
        (await attempt('build', () =>
          into(options, (directory) => buildTemporalCli({ directory, env, report, signal })),
        ))
      );
    },
    {
      limitMs: FETCH_LIMIT_MS,
      signal,
      onWait: (pid) => {
        report(`Process ${pid} is already getting Temporal CLI ${CLI_VERSION}; waiting for it ...`);
      },
    },
  );
}

/** Lets `get` work in a directory of its own, and moves what it got to its place in the cache once it has run. */
async function into(
  options: FindCliOptions,
  get: (directory: string) => Promise<string>,
): Promise<TemporalCli> {
  const cache = cacheOf(options);
  const directory = await mkdtemp(join(cache, WORK_PREFIX));
  try {
    const fresh = await get(directory);
    await chmod(fresh, 0o755);
    const cli = await readTemporalCli(fresh, options.signal);
    const file = cachedCliFile(cache, thisTarget());
    await rename(fresh, file);
    options.report(`Temporal CLI ${CLI_VERSION} is now at ${file}.`);
    return { ...cli, file };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What killed processes left; the caller holds the lock. */
async function removeLeftovers(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (name.startsWith(WORK_PREFIX)) await rm(join(cache, name), { recursive: true, force: true });
  }
}

function cacheOf({ env }: FindCliOptions): string {
  return cacheDirectory(env, homedir());
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function advice(failures: readonly string[]): string {
  return [
    'No Temporal CLI was found, and none could be fetched. Tried:',
    ...failures.map((failure) => `  - ${failure}`),
    'Any one of these helps:',
    '  brew install temporal',
    '  curl -sSf https://temporal.download/cli.sh | sh    # then add ~/.temporalio/bin to PATH',
    '  install Go 1.21 or later (https://go.dev/dl) and run this again: it builds the CLI, once',
    '  export LONGHAUL_TEMPORAL_CLI=/path/to/temporal',
    '  export TEMPORAL_ADDRESS=host:7233                  # a Temporal server that runs already',
  ].join('\n');
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

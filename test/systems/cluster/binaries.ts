// The programs of a cluster without containers: temporal-server and temporal-sql-tool, built from their pinned Go modules
// and kept in the cache, and PostgreSQL as the machine has it. Invariant: what is in the cache is whole.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { withLock } from '../../../src/local/lock.ts';
import { cacheDirectory } from '../../../src/local/cli/platform.ts';

/** Where the programs are. */
export interface Binaries {
  /** The folder of `temporal-server` and `temporal-sql-tool`. */
  readonly temporal: string;
  /** The schemas of Temporal's databases, one folder each. */
  readonly schemas: string;
  /** The folder of `initdb` and `postgres`. */
  readonly postgres: string;
}

const MODULE = fileURLToPath(new URL('../../../tools/temporal-server', import.meta.url));
const SERVER = 'go.temporal.io/server';
const PROGRAMS = { server: 'temporal-server', sql: 'temporal-sql-tool' };

/** A build on two cores without a cache, in milliseconds, with room. */
const BUILD_MS = 30 * 60_000;

const run = promisify(execFile);

/**
 * Finds the programs, or builds those that can be built.
 *
 * @throws {Error} when Go or PostgreSQL is missing, with what to install
 */
export async function findBinaries(report: (line: string) => void): Promise<Binaries> {
  const postgres = await findPostgres();
  const cache = cacheDirectory(process.env, homedir());
  const version = await readVersion();
  const directory = join(cache, `temporal-server-${version}`);
  await withLock(
    join(cache, 'temporal-server.lock'),
    async () => {
      if (await isThere(directory)) return;
      report(`Building temporal-server ${version} with Go: some minutes on two cores, once ...`);
      await build(cache, directory);
    },
    { limitMs: BUILD_MS },
  );
  return { temporal: directory, schemas: join(directory, 'schemas'), postgres };
}

/** The version that is pinned; what is in the cache needs no Go. */
async function readVersion(): Promise<string> {
  const pinned = await readFile(join(MODULE, 'go.mod'), 'utf8');
  const [, version] = /^\s*go\.temporal\.io\/server (v\S+)/m.exec(pinned) ?? [];
  if (version === undefined) throw new Error(`${MODULE} pins no version of ${SERVER}`);
  return version;
}

async function build(cache: string, directory: string): Promise<void> {
  const fresh = await mkdtemp(join(cache, 'building-'));
  try {
    const packages = Object.keys(PROGRAMS).map((name) =>
      name === 'server' ? `${SERVER}/cmd/server` : `${SERVER}/cmd/tools/${name}`,
    );
    await go('build', '-trimpath', '-ldflags', '-s -w', '-o', `${fresh}/`, ...packages);
    for (const [built, name] of Object.entries(PROGRAMS)) {
      await rename(join(fresh, built), join(fresh, name));
    }
    const source = await go('list', '-m', '-f', '{{.Dir}}', SERVER);
    await cp(join(source, 'schema/postgresql/v12'), join(fresh, 'schemas'), { recursive: true });
    await rename(fresh, directory);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function go(...args: readonly string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' };
  try {
    return (await run('go', args, { cwd: MODULE, env, timeout: BUILD_MS })).stdout.trim();
  } catch (cause) {
    const { code, stderr = '' } = cause as { readonly code?: unknown; readonly stderr?: string };
    const reason =
      code === 'ENOENT'
        ? 'Go 1.21 or later, which is not on the PATH: see https://go.dev/dl'
        : `go ${args[0] ?? ''}, which failed: ${stderr.trim()}`;
    throw new Error(`temporal-server is built with ${reason}`, { cause });
  }
}

async function findPostgres(): Promise<string> {
  const asked = await run('pg_config', ['--bindir']).then(
    ({ stdout }) => [stdout.trim()],
    () => [],
  );
  const usual = [17, 16, 15].map((version) => `/usr/lib/postgresql/${version}/bin`);
  for (const directory of [...asked, ...usual]) {
    if (await isThere(join(directory, 'initdb'))) return directory;
  }
  throw new Error(
    'the cluster needs the server programs of PostgreSQL 15 or later: `apt-get install -y postgresql` or `brew install postgresql`',
  );
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

// PostgreSQL with a database of its own, that can be killed and comes back on the same port. It refuses to run as root: then it
// runs as the user `postgres` or, where there is none, as `nobody`. Durability is as it is by default: a commit is on the disk.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../../src/local/ports.ts';

/** A running database server. Ends with its scope, files and all. */
export interface Postgres extends AsyncDisposable {
  readonly port: number;
  /** Ends it in order, connections first; resolves when it has ended. */
  stop(): Promise<void>;
  /** kill -9: what was not committed is lost. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it takes connections. */
  start(): Promise<void>;
}

/** Longest start, in milliseconds; after a kill it replays its log first. */
const READY_MS = 60_000;

const run = promisify(execFile);

/** What a database is created with: the environment of the image `postgres`. */
export interface PostgresOptions {
  /** Its superuser. */
  readonly user: string;
  readonly password: string;
  /** More arguments for `initdb`. */
  readonly initdbArguments: readonly string[];
}

/** Creates a database cluster and starts it, with the programs in a folder. */
export async function startPostgres(
  programs: string,
  { user, password, initdbArguments }: PostgresOptions,
): Promise<Postgres> {
  const owner = await findOwner();
  const home = await mkdtemp(join(tmpdir(), 'longhaul-postgres-'));
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password);
  if (owner) for (const path of [home, passwordFile]) await chown(path, owner.uid, owner.gid);
  const data = join(home, 'data');
  const options = { cwd: home, ...owner, env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' } };
  const initdb = ['-D', data, '-U', user, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  await run(join(programs, 'initdb'), [...initdb, '--encoding=UTF8', ...initdbArguments], options);
  const port = await freePort();
  // No Unix socket: the path of a temporary directory may be too long for one.
  const flags = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', ''];

  let child: ChildProcess | null = null;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  };
  const kill = async () => end('SIGKILL');
  const start = async (): Promise<void> => {
    const until = performance.now() + READY_MS;
    const ready = ['-h', '127.0.0.1', '-p', String(port), '-q', '-d', 'postgres', '-U', user];
    while (performance.now() < until) {
      // While processes of the one that was killed are still there, it ends at once.
      if (child?.exitCode !== null || child.signalCode !== null) {
        child = spawn(join(programs, 'postgres'), flags, { ...options, stdio: 'ignore' });
      }
      await sleep(100);
      const isReady = await run(join(programs, 'pg_isready'), ready).then(
        () => true,
        () => false,
      );
      if (isReady) return;
    }
    throw new Error(`PostgreSQL was not ready within ${READY_MS / 1000} s`);
  };

  await start();
  return {
    port,
    stop: async () => end('SIGINT'), // its "fast" shutdown
    kill,
    start,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await sleep(500); // its other processes notice that it is gone
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Whom PostgreSQL runs as; `null` for the user that runs this. */
async function findOwner(): Promise<{ uid: number; gid: number } | null> {
  if (process.getuid?.() !== 0) return null;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(
      ['-u', '-g'].map(async (flag) =>
        run('id', [flag, name]).then(({ stdout }) => Number(stdout)),
      ),
    ).catch(() => null);
    if (ids?.[0] !== undefined && ids[1] !== undefined) return { uid: ids[0], gid: ids[1] };
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody');
}

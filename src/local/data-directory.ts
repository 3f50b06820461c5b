// The files of a data directory, by name. Only this user may read it: it holds the parameters and results of tasks.
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkOwnDirectory, closeDirectory } from '../trust/index.ts';

/** Where things are in a data directory; absolute paths. */
export interface DataDirectory {
  readonly path: string;
  /** What the embedded server writes: its log, and its output should it fail to start. */
  readonly logFile: string;
  /** The server that runs, or that ran last. */
  readonly stateFile: string;
  /** Which process serves the Temporal UI, and where. */
  readonly uiFile: string;
  /** One file for each process that uses the server. */
  readonly leases: string;
  /** Held while the server is started or stopped. */
  readonly lock: string;
  /** Held while a process begins to serve the UI. */
  readonly uiLock: string;
}

/** Names the files of a data directory, which need not exist. */
export function dataDirectoryAt(path: string): DataDirectory {
  return {
    path,
    logFile: join(path, 'temporal.log'),
    stateFile: join(path, 'server.json'),
    uiFile: join(path, 'ui.json'),
    leases: join(path, 'leases'),
    lock: join(path, 'lock'),
    uiLock: join(path, 'ui.lock'),
  };
}

/**
 * Opens a data directory, made with mode 0700 and kept out of version control when absent. One that others could read or write
 * is closed to them; one of another user, or with a link in it, is refused.
 *
 * @throws {Error} that names the directory and why it cannot be one
 */
export async function openDataDirectory(path: string): Promise<DataDirectory> {
  try {
    const isNew = (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined;
    closeDirectory(resolve(path));
    if (isNew) await writeFile(join(path, '.gitignore'), '*\n', { mode: 0o600 });
    const directory = dataDirectoryAt(await realpath(path));
    await mkdir(directory.leases, { recursive: true, mode: 0o700 });
    closeDirectory(directory.leases);
    return directory;
  } catch (error) {
    throw toUnusable(path, error);
  }
}

/**
 * Finds a data directory for a process that only reads it; `undefined` when there is none.
 *
 * @throws {Error} when it is a link, or belongs to another user
 */
export async function findDataDirectory(path: string): Promise<DataDirectory | undefined> {
  try {
    checkOwnDirectory(resolve(path));
    return dataDirectoryAt(await realpath(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === undefined) throw toUnusable(path, error);
    return undefined;
  }
}

function toUnusable(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === undefined ? `it ${message}` : message;
  return new Error(`the data directory ${path} cannot be used: ${why}; another: --data-dir`, {
    cause: error,
  });
}

/**
 * The database of a server of this version (`1.31.2` gives `temporal-1.31.db`). The development server never migrates
 * an existing file, and a new schema comes only with a minor version, so each minor version has its own name.
 */
export function databaseFile(directory: DataDirectory, serverVersion: string): string {
  const [major = '0', minor = '0'] = serverVersion.split('.');
  return join(directory.path, `temporal-${major}.${minor}.db`);
}

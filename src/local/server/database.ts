// The SQLite file of an embedded server. The server writes the schema only where no file exists, so a kill -9 in the
// middle of that would leave a file with which none ever starts again. Invariants: a file that never saw its server
// ready is moved aside, not reused and not deleted; where the schema is the same, tasks go on under the next version.
import { existsSync } from 'node:fs';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { databaseFile, type DataDirectory } from '../data-directory.ts';

const SIDE_FILES = ['', '-wal', '-shm', '-journal'];

/** Minor versions whose schema is the one before's (its `schema/sqlite`, compared): a file serves both, to and fro. */
const SAME_SCHEMA: Readonly<Record<string, string>> = { '1.32': '1.31' };

/** Makes sure that the database for this server version is whole or absent, and returns its path. */
export async function prepareDatabase(
  directory: DataDirectory,
  serverVersion: string,
  report: (line: string) => void,
): Promise<string> {
  const database = databaseFile(directory, serverVersion);
  if (existsSync(database) && !existsSync(readyMark(database))) {
    const aside = `${database}.incomplete-${Date.now()}`;
    for (const side of SIDE_FILES) {
      if (existsSync(database + side)) await rename(database + side, aside + side);
    }
    report(`The start that made ${database} did not finish; the file is now ${basename(aside)}.`);
  }
  if (!existsSync(database)) {
    const earlier = earlierDatabase(directory, serverVersion);
    if (earlier !== undefined) return earlier;
    for (const other of await wholeDatabases(directory)) {
      report(
        `${other} belongs to another Temporal version and stays as it is; its tasks show again under that version.`,
      );
    }
  }
  return database;
}

/** Records that a server got ready on this database. */
export async function markDatabaseReady(database: string): Promise<void> {
  await writeFile(readyMark(database), '', { mode: 0o600 });
}

function readyMark(database: string): string {
  return `${database}.ready`;
}

/** The whole database of the version before, where this one can go on with it. */
function earlierDatabase(directory: DataDirectory, serverVersion: string): string | undefined {
  const earlier = SAME_SCHEMA[serverVersion.split('.', 2).join('.')];
  const database = earlier && databaseFile(directory, earlier);
  return database && existsSync(database) && existsSync(readyMark(database)) ? database : undefined;
}

async function wholeDatabases(directory: DataDirectory): Promise<string[]> {
  const names = await readdir(directory.path);
  return names.filter((name) => /^temporal-\d+\.\d+\.db$/.test(name));
}

// The SQLite file of an embedded server. The server writes the schema only where no file exists, so a kill -9 in the
// middle of that would leave a file with which none ever starts again. Invariant: a file that never saw its server
// ready is moved aside, not reused and not deleted.
import { existsSync } from 'node:fs';
import { readdir, rename, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { databaseFile, type DataDirectory } from './data-directory.ts';

const SIDE_FILES = ['', '-wal', '-shm', '-journal'];

/** Makes sure that the database of this server version is whole or absent, and returns its path. */
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
  await writeFile(readyMark(database), '');
}

function readyMark(database: string): string {
  return `${database}.ready`;
}

async function wholeDatabases(directory: DataDirectory): Promise<string[]> {
  const names = await readdir(directory.path);
  return names.filter((name) => /^temporal-\d+\.\d+\.db$/.test(name));
}

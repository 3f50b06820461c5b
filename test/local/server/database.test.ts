import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../src/local/data-directory.ts';
import { markDatabaseReady, prepareDatabase } from '../../../src/local/server/database.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';

test('a data directory is for its user alone and stays out of version control', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(join(temporary.path, 'deep', '.longhaul'));
  expect((await stat(directory.path)).mode & 0o777).toBe(0o700);
  expect(await readdir(directory.path)).toContain('.gitignore');
});

test('a directory that exists is opened as it is', async () => {
  await using temporary = await createTemporaryDirectory();
  await mkdir(join(temporary.path, 'data'));
  const directory = await openDataDirectory(join(temporary.path, 'data'));
  expect(await readdir(directory.path)).toEqual(['leases']);
});

test('a database that saw its server ready is used again by every patch version', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(temporary.path);
  const lines: string[] = [];
  const database = await prepareDatabase(directory, '1.31.2', (line) => lines.push(line));
  await writeFile(database, 'data');
  await markDatabaseReady(database);
  expect(await prepareDatabase(directory, '1.31.9', (line) => lines.push(line))).toBe(database);
  expect(await readdir(directory.path)).toContain('temporal-1.31.db');
  expect(lines).toEqual([]);
});

test('a database whose first start did not finish is moved aside, with its side files', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(temporary.path);
  const lines: string[] = [];
  await writeFile(join(directory.path, 'temporal-1.31.db'), 'half a schema');
  await writeFile(join(directory.path, 'temporal-1.31.db-wal'), '');
  await prepareDatabase(directory, '1.31.2', (line) => lines.push(line));
  const names = await readdir(directory.path);
  expect(names).not.toContain('temporal-1.31.db');
  expect(names.filter((name) => name.includes('.incomplete-'))).toHaveLength(2);
  expect(lines).toEqual([expect.stringContaining('did not finish')]);
});

test('the tasks of a version with the same schema go on under the next one', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(temporary.path);
  const lines: string[] = [];
  const earlier = await prepareDatabase(directory, '1.31.2', (line) => lines.push(line));
  await writeFile(earlier, 'data');
  await markDatabaseReady(earlier);
  expect(await prepareDatabase(directory, '1.32.0', (line) => lines.push(line))).toBe(earlier);
  expect(lines).toEqual([]);
  await writeFile(join(directory.path, 'temporal-1.32.db'), 'data');
  await markDatabaseReady(join(directory.path, 'temporal-1.32.db'));
  expect(await prepareDatabase(directory, '1.32.0', (line) => lines.push(line))).toBe(
    join(directory.path, 'temporal-1.32.db'),
  );
});

test('the database of another minor version is left alone and named', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(temporary.path);
  const lines: string[] = [];
  await writeFile(join(directory.path, 'temporal-1.30.db'), 'data');
  const database = await prepareDatabase(directory, '1.31.2', (line) => lines.push(line));
  expect(database).toBe(join(directory.path, 'temporal-1.31.db'));
  expect(lines).toEqual([expect.stringMatching(/^temporal-1\.30\.db belongs to another/)]);
});

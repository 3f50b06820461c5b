// The key of the installation that a data directory is: made by the first process that asks for it, the same ever after, also
// when the database is another one.
import { randomUUID, type KeyObject } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKeyText, parseKey } from '../encryption/index.ts';
import type { DataDirectory } from './data-directory.ts';

/**
 * Reads the key, which is made when it is absent. Of several processes that make one at the same time, all get the same.
 *
 * @throws {Error} naming the file, when it is there and holds no key
 */
export async function openInstallationKey({
  path,
}: Pick<DataDirectory, 'path'>): Promise<KeyObject> {
  const file = join(path, 'installation.key');
  const text = (await read(file)) ?? (await create(file));
  const key = parseKey(text.trim());
  if (key) return key;
  throw new Error(
    `${file} holds no key: put back the file as it was; without it, a request that is repeated is a new one to its upstream`,
  );
}

/** A link is made in one step, and never over a file that is there: no process reads half a key, and the first one stays. */
async function create(file: string): Promise<string> {
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, `${createKeyText()}\n`, { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}

async function read(file: string): Promise<string | null> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  });
}

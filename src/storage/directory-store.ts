// Objects as files of a directory, for one machine. Invariant: a name is only ever on a whole object, also after a crash.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDamagedError, createUnavailableError } from './errors.ts';
import type { ObjectStore, StagedObject } from './object-store.ts';

/** Where an object waits for its name: none of ours has a dot. */
export const STAGED = /\.[0-9a-f]{12}$/;

/** What is left free on the disk, in bytes: beside the embedded server the tasks are on it, too. */
const FREE_BYTES = 256 * 1024 * 1024;

/** An object counts so much at least, in bytes: many small ones use up a disk as well. */
const BLOCK_BYTES = 4_096;

/** Creates a store in a directory, which is made when the first object is written. */
export function createDirectoryStore(directory: string, freeBytes = FREE_BYTES): ObjectStore {
  const stage = async (key: string, bytes: Uint8Array): Promise<StagedObject> => {
    const path = join(directory, key);
    const partial = `${path}.${randomBytes(6).toString('hex')}`;
    const drop = async () => rm(partial, { force: true }).catch(() => undefined);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await checkSpace(directory, freeBytes);
      await writeFile(partial, bytes, { flag: 'wx', mode: 0o600, flush: true });
    } catch (error) {
      await drop();
      throw toError(directory, error);
    }
    const keep = async () =>
      rename(partial, path).catch(async (error: unknown) => {
        await drop();
        throw toError(directory, error);
      });
    return { keep, drop };
  };
  return {
    write: async (key, bytes) => (await stage(key, bytes)).keep(),
    stage,
    sizeOf: async (folder) => sizeOf(join(directory, folder)),
    read: async (key, maxBytes) => {
      try {
        await using file = await open(join(directory, key));
        const { size } = await file.stat();
        if (size > maxBytes) throw createDamagedError();
        return await file.readFile();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
        throw toError(directory, error);
      }
    },
  };
}

async function checkSpace(directory: string, freeBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= freeBytes) return;
  throw createUnavailableError(
    `the disk is full but for ${bavail * bsize} bytes, and ${freeBytes} are left free; files that expire make room`,
  );
}

/** What cannot be read is being removed. */
async function sizeOf(folder: string): Promise<number> {
  const options = { recursive: true, withFileTypes: true } as const;
  const entries = await readdir(folder, options).catch(() => []);
  let total = 0;
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name)).catch(() => ({ size: 0 }));
    total += Math.max(size, BLOCK_BYTES);
  }
  return total;
}

function toError(directory: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return createUnavailableError(`${directory} cannot be used (${code ?? 'unknown'})`, error);
}

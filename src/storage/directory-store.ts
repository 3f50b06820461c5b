// Objects as files of a directory, for one machine. Invariant: a name is only ever on a whole object, also after a crash.
import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createDamagedError, createUnavailableError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Creates a store in a directory, which is made when the first object is written. */
export function createDirectoryStore(directory: string): ObjectStore {
  return {
    write: async (key, bytes) => {
      const path = join(directory, key);
      const partial = `${path}.${randomBytes(6).toString('hex')}`;
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeFile(partial, bytes, { flag: 'wx', mode: 0o600, flush: true });
        await rename(partial, path);
      } catch (error) {
        await rm(partial, { force: true }).catch(() => undefined);
        throw toError(directory, error);
      }
    },
    read: async (key, maxBytes) => {
      try {
        await using file = await open(join(directory, key));
        const { size } = await file.stat();
        if (size > maxBytes) throw createDamagedError();
        return await file.readFile();
      } catch (error) {
        if (codeOf(error) === 'ENOENT') return null;
        throw toError(directory, error);
      }
    },
  };
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

function toError(directory: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined) return error;
  return createUnavailableError(`${directory} cannot be used (${code ?? 'unknown'})`, error);
}

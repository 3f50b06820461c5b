// Secrets by reference, read at the moment of use: a rotated file is seen by the next attempt. Invariant: an error names
// the reference, never the value.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { OperationError } from '../contract/errors.ts';
import { SECRET_REFERENCE } from '../contract/secret-reference.ts';

export interface SecretSources {
  /** The environment, for `env:NAME`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of the configuration file, to which `file:path` is relative. */
  readonly baseDirectory: string;
}

/**
 * Creates what `DeclaredContext.secret` does: reads `env:NAME` or `file:path`, without line breaks at its end.
 *
 * The function fails with `INTERNAL` when the reference is malformed, leads nowhere, or leads to nothing.
 */
export function createSecretReader({
  env,
  baseDirectory,
}: SecretSources): (reference: string) => Promise<string> {
  return async (reference) => {
    const [, source, place] = SECRET_REFERENCE.exec(reference) ?? [];
    if (source === undefined || place === undefined) {
      throw refuse(reference, 'expected env:NAME or file:path');
    }
    const text =
      source === 'env' ? env[place] : await readFull(reference, resolve(baseDirectory, place));
    if (text === undefined)
      throw refuse(reference, 'this environment variable is not set on the worker');
    const value = text.replace(/[\r\n]+$/, '');
    if (value === '') throw refuse(reference, 'it is empty');
    return value;
  };
}

/** A file that is replaced by other means than a rename is gone or empty for a moment; read again so often, after so many milliseconds. */
const READS = 10;
const READ_PAUSE_MS = 100;

async function readFull(reference: string, path: string): Promise<string> {
  for (let left = READS; ; left -= 1) {
    try {
      const text = await readFile(path, 'utf8');
      if (text.trim() !== '' || left === 0) return text;
    } catch (error) {
      const { code = 'unknown error' } = error as NodeJS.ErrnoException;
      if (left === 0) {
        throw refuse(reference, `this file cannot be read on the worker (${code})`);
      }
    }
    await delay(READ_PAUSE_MS);
  }
}

function refuse(reference: string, why: string): OperationError {
  return new OperationError('INTERNAL', `secret ${reference}: ${why}`);
}

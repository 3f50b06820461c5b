// Files that are for this user alone and that later runs believe. Invariants: nothing is read from or written through a link, and
// nothing is read that another user could have written; a file is replaced as a whole.
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import { findExposure, MACHINE } from './exposure.ts';

const { O_RDONLY, O_WRONLY, O_APPEND, O_CREAT } = constants;
/** Absent on Windows. A pipe in the place of a file would otherwise be waited for. */
const NO_LINK = (constants.O_NOFOLLOW as number | undefined) ?? 0;
const NO_WAIT = (constants.O_NONBLOCK as number | undefined) ?? 0;

/** The text of a file that no other user can have written; `null` when there is none such. */
export function readPrivateFile(file: string): string | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, O_RDONLY | NO_LINK | NO_WAIT);
  } catch {
    return null;
  }
  try {
    const found = fstatSync(descriptor);
    return isPrivate(file, found) ? readFileSync(descriptor, 'utf8') : null;
  } finally {
    closeSync(descriptor);
  }
}

/** Writes a file of mode 0600, whatever was in its place; whole or not at all. */
export function writePrivateFile(file: string, text: string): void {
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode: 0o600, flag: 'wx' });
  renameSync(fresh, file);
}

/** A log above this size is put aside before more is written, in bytes. */
const MAX_LOG_BYTES = 16 * 1024 * 1024;

/** Puts a large log aside, in the place of the one before it. A process that still writes to it goes on with the file that it has. */
export function rotateLog(file: string): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes > MAX_LOG_BYTES) renameSync(file, `${file}.old`);
}

/**
 * Opens a file to append to it, made with mode 0600 when absent.
 *
 * @returns a file descriptor
 * @throws {Error} when there is something else in its place, or the file of another user
 */
export function openPrivateLog(file: string): number {
  const descriptor = openSync(file, O_WRONLY | O_APPEND | O_CREAT | NO_LINK | NO_WAIT, 0o600);
  const found = fstatSync(descriptor);
  if (isPrivate(file, found)) {
    fchmodSync(descriptor, 0o600);
    return descriptor;
  }
  closeSync(descriptor);
  throw new Error(`${file} is not a file of this user alone; remove it and try again`);
}

/** A second name of a file would be a way around the folder that it is in. */
function isPrivate(file: string, found: Stats): boolean {
  const { user } = MACHINE;
  if (!found.isFile() || found.nlink > 1) return false;
  return (
    (user === null || found.uid === user) &&
    findExposure(file, { user, stat: () => found }) === null
  );
}

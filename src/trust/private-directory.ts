// A folder that is for this user alone, with all that is in it. Invariant: once it was closed, no other user writes into it or reads from it,
// and nothing in it leads elsewhere.
import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MACHINE, toWord, type Machine } from './exposure.ts';

/**
 * Makes sure that a folder is this user's own, and no link to one.
 *
 * @throws {Error} that says what it is instead, going on from the path, and what helps
 */
export function checkOwnDirectory(path: string, { user, stat }: Machine = MACHINE): void {
  const found = stat(path);
  if (found.isSymbolicLink()) throw new Error('is a link; name the folder that it leads to');
  if (user === null || found.uid === user) return;
  throw new Error(
    `belongs to another user (number ${found.uid}); if it is yours, sudo chown -R ${user} ${toWord(path)}`,
  );
}

/**
 * Closes a folder of this user to all others, and the files in it; what others have left there is refused.
 *
 * @throws {Error} as `checkOwnDirectory`, or naming what is in it and should not be
 */
export function closeDirectory(path: string, machine: Machine = MACHINE): void {
  checkOwnDirectory(path, machine);
  const { user } = machine;
  if (user === null) return;
  if (isOpen(machine.stat(path).mode)) chmodSync(path, 0o700);
  for (const name of readdirSync(path)) {
    ignoreGone(() => {
      const entry = join(path, name);
      const found = machine.stat(entry);
      if (found.isSymbolicLink()) throw new Error(`holds a link, ${name}; remove it`);
      if (found.uid !== user) {
        throw new Error(
          `holds ${name}, which belongs to another user (number ${found.uid}); remove it, or if it is yours, sudo chown ${user} ${toWord(entry)}`,
        );
      }
      if (found.isFile() && isOpen(found.mode)) chmodSync(entry, 0o600);
    });
  }
}

/** Another process of this user may remove a file at any time. */
function ignoreGone(action: () => void): void {
  try {
    action();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function isOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

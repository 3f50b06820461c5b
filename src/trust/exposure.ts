// Who besides this user could have written a file or a folder. Root may, as it may do everything; so may the user's own group, the
// one that has the user's number, as systems make one for each user. Where the operating system has no such numbers (Windows),
// nothing is found.
import { lstatSync, realpathSync, type Stats } from 'node:fs';

type Seen = Pick<Stats, 'uid' | 'gid' | 'mode' | 'isSymbolicLink' | 'isFile'>;

/** What the checks need of the machine. */
export interface Machine {
  /** Number of this user; `null` where there are none. */
  readonly user: number | null;
  /** Owner, group and mode of a path itself, not of what it links to. */
  readonly stat: (path: string) => Seen;
}

/** Why a path cannot be relied on. */
export interface Exposure {
  /** Goes on from the path: `belongs to another user`. */
  readonly why: string;
  /** The command that mends it. */
  readonly command: string;
}

export const MACHINE: Machine = {
  user: process.geteuid?.() ?? null,
  stat: (path) => lstatSync(path),
};

/**
 * Why others could have written what is at a path; `null` when they could not.
 *
 * @throws {Error} of the file system, where nothing can be seen there
 */
export function findExposure(path: string, { user, stat }: Machine = MACHINE): Exposure | null {
  if (user === null) return null;
  const found = stat(path);
  if (found.uid !== user && found.uid !== 0) {
    return {
      why: `belongs to another user (number ${found.uid})`,
      command: `sudo chown ${user} ${toWord(path)}`,
    };
  }
  if (found.isSymbolicLink()) return null; // its mode means nothing
  const byGroup = (found.mode & 0o020) !== 0 && found.gid !== user && found.gid !== 0;
  if (!byGroup && (found.mode & 0o002) === 0) return null;
  return { why: 'can be changed by other users', command: `chmod go-w ${toWord(path)}` };
}

/** The same of what a path leads to, links and all; `null` also where nothing is there. */
export function findExposureBehind(path: string): Exposure | null {
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return null;
  }
  return findExposure(path) ?? findExposure(real);
}

/** A path as one word of a shell. */
export function toWord(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}

// Where tasks are kept when no option says where. Clients start servers in folders that are no place for data: some in `/`, some in one
// that their user cannot write. Invariant: tasks that are kept in such a folder already are found there again.
import { hash } from 'node:crypto';
import { accessSync, constants } from 'node:fs';
import { dirname, join } from 'node:path';
import { MACHINE, stateDirectory, type Machine } from '../../trust/index.ts';

export interface DataPlace {
  readonly path: string;
  /** Why it is not in the folder of the configuration; `null` where it is. */
  readonly why: string | null;
}

export interface Place extends Pick<Machine, 'user' | 'stat'> {
  readonly isWritable: (directory: string) => boolean;
}

/**
 * @param directory of the configuration file, or, where there is none, the working directory
 * @param file the configuration file: each has a place of its own
 */
export function chooseDataPlace(
  directory: string,
  file: string | null,
  env: Readonly<Record<string, string | undefined>>,
  place: Place = { ...MACHINE, isWritable },
): DataPlace {
  const beside = join(directory, '.longhaul');
  const isRoot = dirname(directory) === directory;
  if (!isRoot && place.isWritable(directory)) return { path: beside, why: null };
  if (isOwn(beside, place)) return { path: beside, why: null };
  const mark = file === null ? '' : `-${hash('sha256', file, 'hex').slice(0, 8)}`;
  return {
    path: join(stateDirectory(env), `data${mark}`),
    why: `${directory} ${isRoot ? 'is no place for data' : 'cannot be written'}`,
  };
}

function isOwn(path: string, { user, stat }: Place): boolean {
  try {
    return user === null || stat(path).uid === user;
  } catch {
    return false;
  }
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

// How much room is left where tasks are kept: without any the embedded server answers nothing, and does not say why.
import { statfs } from 'node:fs/promises';

/** Less than this is too little, in MB. */
const ENOUGH_MB = 64;

/** What `statfs` says of a file system. */
interface Room {
  readonly blocks: number;
  readonly bavail: number;
  readonly bsize: number;
}

/** @throws {Error} where the disk that holds a folder is nearly full; one that tells no size is not */
export async function checkRoom(
  path: string,
  look: (path: string) => Promise<Room> = statfs,
): Promise<void> {
  const { blocks, bavail, bsize } = await look(path);
  const leftMb = Math.floor((bavail * bsize) / 1_000_000);
  if (blocks === 0 || leftMb >= ENOUGH_MB) return;
  throw new Error(
    `the disk of ${path} is full, ${leftMb} MB are left; make room there, or name another folder: --data-dir`,
  );
}

// Mutual exclusion between processes for a few seconds at a time, which a kill -9 of the holder cannot leave locked.
//
// A lock is a directory of numbered tickets, and the highest one says who holds it: a process, or none. A ticket is
// a symbolic link whose target is the holder, because creating one is exclusive and atomic together with its content.
// Invariants:
// 1. The next number is taken only when the highest ticket is free or its process is gone.
// 2. A higher ticket exists before a lower one is removed, so a process that decided on an outdated view sees, when it
//    reads again after taking a number, that it was not the highest, and has lost.
import { mkdir, readdir, readlink, symlink, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, ownIdentity, type ProcessIdentity } from './process-identity.ts';

const FREE = 'free';
const RETRY_MS = 25;

export interface LockOptions {
  /** Longest wait, in milliseconds; 90 000 by default: a server's start and its stop, with room. */
  readonly limitMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when another process holds the lock. */
  readonly onWait?: (holder: number) => void;
}

/**
 * Runs `action` while no other process, and nothing else in this one, runs under the lock at `path` (a directory, made
 * when absent). Not reentrant.
 *
 * @throws {Error} when the holder, a live process, keeps it longer than `limitMs`
 */
export async function withLock<Result>(
  path: string,
  action: () => Result | Promise<Result>,
  options: LockOptions = {},
): Promise<Result> {
  const ticket = await acquire(path, options);
  try {
    return await action();
  } finally {
    await release(path, ticket);
  }
}

async function acquire(path: string, options: LockOptions): Promise<number> {
  const { limitMs = 90_000, signal, onWait } = options;
  const deadline = performance.now() + limitMs;
  await mkdir(path, { recursive: true, mode: 0o700 });
  for (let waited = false; ;) {
    signal?.throwIfAborted();
    const highest = (await tickets(path)).at(-1) ?? 0;
    const holder = await holderOf(path, highest);
    if (!holder) {
      if (await take(path, highest + 1)) return highest + 1;
      continue;
    }
    if (!waited) onWait?.(holder.pid);
    waited = true;
    if (performance.now() > deadline) {
      throw new Error(
        `process ${holder.pid} has held the lock ${path} for more than ${Math.round(limitMs / 1000)} s; end it and try again`,
      );
    }
    await sleep(RETRY_MS, undefined, { signal });
  }
}

async function take(path: string, ticket: number): Promise<boolean> {
  const { pid, startTime } = ownIdentity();
  if (!(await link(`${pid} ${startTime}`, join(path, String(ticket))))) return false;
  const others = await tickets(path);
  const won = others.at(-1) === ticket;
  const outdated = won ? others.slice(0, -1) : [ticket];
  for (const number of outdated) await removed(join(path, String(number)));
  return won;
}

async function release(path: string, ticket: number): Promise<void> {
  await link(FREE, join(path, String(ticket + 1)));
  await removed(join(path, String(ticket)));
}

async function tickets(path: string): Promise<number[]> {
  const names = await readdir(path);
  return names
    .map(Number)
    .filter((number) => Number.isSafeInteger(number) && number > 0)
    .sort((one, other) => one - other);
}

/** The live process that holds the ticket; `undefined` for a free one, a dead holder's and an unreadable one. */
async function holderOf(path: string, ticket: number): Promise<ProcessIdentity | undefined> {
  if (ticket === 0) return undefined;
  let target: string;
  try {
    target = await readlink(join(path, String(ticket)));
  } catch {
    return undefined;
  }
  const [pid, ...startTime] = target.split(' ');
  const holder = { pid: Number(pid), startTime: startTime.join(' ') };
  return isAlive(holder) ? holder : undefined;
}

async function link(target: string, path: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function removed(path: string): Promise<void> {
  try {
    await unlink(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

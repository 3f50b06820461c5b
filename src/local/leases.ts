// Which processes use the embedded server of a data directory: one file each. The caller holds the directory's lock,
// except to read. Invariant: the lease of a process that is gone counts for nothing.
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readPrivateFile } from '../trust/index.ts';
import type { DataDirectory } from './data-directory.ts';
import {
  isAlive,
  isProcessIdentity,
  ownIdentity,
  type ProcessIdentity,
} from './process-identity.ts';

/** A process that uses the server. */
export interface Member extends ProcessIdentity {
  /** What it is: the name of its command. */
  readonly role: string;
  /** Since when, in milliseconds since the epoch. */
  readonly since: number;
}

/** Takes a lease for this process; the path that is returned ends it. */
export async function addLease(directory: DataDirectory, role: string): Promise<string> {
  const file = join(directory.leases, `${process.pid}-${randomUUID()}.json`);
  const member: Member = { ...ownIdentity(), role, since: Date.now() };
  await writeFile(file, JSON.stringify(member), { flag: 'wx', mode: 0o600 });
  return file;
}

/** Ends a lease; once is enough. */
export async function removeLease(file: string): Promise<void> {
  await rm(file, { force: true });
}

/** The processes that live and hold a lease, and the files of those that do not. */
export async function readLeases(
  directory: DataDirectory,
): Promise<{ members: Member[]; dead: string[] }> {
  const members: Member[] = [];
  const dead: string[] = [];
  for (const name of await listed(directory)) {
    const file = join(directory.leases, name);
    const member = readMember(file);
    if (member && isAlive(member)) members.push(member);
    else dead.push(file);
  }
  return { members, dead };
}

async function listed(directory: DataDirectory): Promise<string[]> {
  try {
    return await readdir(directory.leases);
  } catch {
    return [];
  }
}

function readMember(file: string): Member | undefined {
  try {
    const value: unknown = JSON.parse(readPrivateFile(file) ?? '');
    if (!isProcessIdentity(value)) return undefined;
    const { role, since }: Partial<Record<keyof Member, unknown>> = value;
    return typeof role === 'string' && typeof since === 'number'
      ? { ...value, role, since }
      : undefined;
  } catch {
    return undefined;
  }
}

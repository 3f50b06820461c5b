// Which processes use the embedded server of a data directory: one file each. The caller holds the directory's lock,
// except to read. Invariant: the lease of a process that is gone counts for nothing.
import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { DataDirectory } from './data-directory.ts';
import { isAlive, ownIdentity, processIdentitySchema } from './process-identity.ts';
import { readRecord } from './record.ts';

const memberSchema = processIdentitySchema.extend({
  /** What it is: the name of its command. */
  role: z.string(),
  /** Since when, in milliseconds since the epoch. */
  since: z.number(),
});

/** A process that uses the server. */
export type Member = Readonly<z.infer<typeof memberSchema>>;

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
  for (const name of await readdir(directory.leases).catch(() => [])) {
    const file = join(directory.leases, name);
    const member = readRecord(file, memberSchema);
    if (member && isAlive(member)) members.push(member);
    else dead.push(file);
  }
  return { members, dead };
}

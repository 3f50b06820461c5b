// Distinguishes one process from a later one with the same id: process ids are reused, a pair of id and start time is not.
// Synchronous on purpose: a process must be on record before anything else can happen to the one that started it.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { askPs } from './process-command.ts';

export const processIdentitySchema = z.object({
  pid: z.int(),
  /** When it started, in the words of the operating system; empty where that cannot be asked. */
  startTime: z.string(),
});

/** A process, distinguishable from every other one that ever had its id. */
export type ProcessIdentity = Readonly<z.infer<typeof processIdentitySchema>>;

/** The process that has this id now, or `undefined` when there is none; a zombie is none. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return undefined;
  const startTime = startTimes[process.platform]?.(pid) ?? '';
  return startTime === 'gone' ? undefined : { pid, startTime };
}

/** Whether that very process still runs. */
export function isAlive(identity: ProcessIdentity): boolean {
  return processIdentity(identity.pid)?.startTime === identity.startTime;
}

export function ownIdentity(): ProcessIdentity {
  own ??= processIdentity(process.pid) ?? { pid: process.pid, startTime: '' };
  return own;
}

let own: ProcessIdentity | undefined;

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const startTimes: Partial<Record<NodeJS.Platform, (pid: number) => string>> = {
  // Field 22 counts clock ticks since boot, hence the boot's id. The name in field 2 may hold spaces and parentheses.
  linux: (pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if ('ZX'.includes(state)) return 'gone';
      bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
      return `${bootId}-${fields[18] ?? ''}`;
    } catch {
      return 'gone';
    }
  },
  darwin: (pid) => {
    const [state = '', ...start] = askPs(pid, 'state=,lstart=').split(/\s+/);
    return state === '' || state.startsWith('Z') ? 'gone' : start.join(' ');
  },
};

let bootId: string | undefined;

// How much time of the processors a process has taken, in user and in kernel mode, with all of its threads.
import { readFileSync } from 'node:fs';
import { askPs } from '../../../src/local/process-command.ts';

/** Milliseconds that a tick of the kernel has. Source: proc(5), USER_HZ, 100 a second on every architecture that Node runs on. */
const TICK_MS = 10;

/** Time that a running process has taken, in milliseconds; to the hundredth of a second on Linux, to what ps shows elsewhere. */
export function readCpuMs(pid: number): number {
  if (process.platform !== 'linux') {
    const parts = askPs(pid, 'time=').trim().split(':');
    return parts.reduce((total, part) => total * 60 + Number(part), 0) * 1000;
  }
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // Behind the name of the program, which may have spaces, the 12th and 13th field: proc(5), utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

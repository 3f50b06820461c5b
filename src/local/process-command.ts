// With which words a process was started. What a file says about a process is not enough to end it: its id and its start time can be
// those of any process, but nothing else was started with these words.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether these words, one after the other, are among those that the process was started with. Windows does not say. */
export function wasStartedWith(pid: number, ...words: readonly string[]): boolean {
  if (process.platform === 'win32') return true;
  return ` ${readCommand(pid)} `.includes(` ${words.join(' ')} `);
}

function readCommand(pid: number): string {
  if (process.platform !== 'linux') return askPs(pid, 'command=');
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd();
  } catch {
    return '';
  }
}

/** What `ps` says of a process, without line breaks at the end; empty where there is none. */
export function askPs(pid: number, columns: string): string {
  try {
    return execFileSync('ps', ['-ww', '-o', columns, '-p', String(pid)], {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

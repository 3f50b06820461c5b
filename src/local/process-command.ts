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
  try {
    if (process.platform === 'linux') {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trimEnd();
    }
    const columns = ['-ww', '-o', 'command=', '-p', String(pid)];
    return execFileSync('ps', columns, {
      encoding: 'utf8',
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

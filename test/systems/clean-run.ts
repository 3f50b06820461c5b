// A run that leaves nothing behind, however it ends: done, failed, out of time, on Ctrl-C. All that it keeps lies in one directory,
// and what is killed in the end is what it started, or what names that directory on its command line: an embedded server
// is a process of its own, which outlives the process that started it. Only a kill -9 of the run itself is beyond it.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** How often what is left is looked for: a process that is killed while it starts another leaves that one. */
const LOOKS = 3;

/**
 * From now on temporary files of this process and of what it starts go into the directory that is returned; at the exit the
 * processes are killed and the directory is removed.
 *
 * @param limitMs after how many milliseconds the run ends by itself, with exit 1
 */
export function beginCleanRun(limitMs: number): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'longhaul-run-')));
  chmodSync(directory, 0o711); // a database server that refuses to be root must reach its own folder
  process.env['TMPDIR'] = directory;
  process.once('exit', () => {
    for (let look = 0; look < LOOKS; look += 1) killAll(directory);
    for (const point of listMounts(directory)) execFileSync('umount', ['--lazy', point]);
    rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.stderr.write(`\n${signal}: ending all that was started\n`);
      process.exit(128 + constants.signals[signal]);
    });
  }
  setTimeout(() => {
    process.stderr.write(`The run has taken ${limitMs / 60_000} minutes: ending it\n`);
    process.exit(1);
  }, limitMs).unref();
  return directory;
}

function killAll(directory: string): void {
  const table = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = table.split('\n').flatMap((line) => {
    const [, pid, parent, command = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
  });
  const ours = new Set([process.pid]);
  let known = 0;
  while (ours.size > known) {
    known = ours.size;
    for (const { pid, parent, command } of rows) {
      if (ours.has(parent) || command.includes(directory)) ours.add(pid);
    }
  }
  ours.delete(process.pid);
  for (const pid of ours) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended in between
    }
  }
}

/** Below the directory; only Linux has any that a run makes. */
function listMounts(directory: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  const points = readFileSync('/proc/self/mounts', 'utf8').split('\n');
  return points.map((line) => line.split(' ')[1] ?? '').filter((at) => at.startsWith(directory));
}

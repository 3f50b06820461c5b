// The TCP ports on which processes of this machine listen, and the children that processes have.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The processes with these ids and all that descend from them, as they are now. */
export function withDescendants(pids: readonly number[]): number[] {
  const known = new Set(pids);
  const pairs = execFileSync('ps', ['-eo', 'pid=,ppid='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number));
  for (let before = -1; before !== known.size;) {
    before = known.size;
    for (const [pid = 0, parent = 0] of pairs) if (known.has(parent)) known.add(pid);
  }
  return [...known];
}

/** The ports that one process listens on. */
export function listeningPorts(pid: number): number[] {
  return process.platform === 'linux' ? fromProc(pid) : fromLsof(pid);
}

const LISTEN = '0A';

function fromProc(pid: number): number[] {
  const sockets = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      } catch {
        return undefined; // closed between the two reads
      }
    }),
  );
  const ports = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN && sockets.has(fields[9]))
      .map((fields) => Number.parseInt(fields[1]?.split(':')[1] ?? '', 16)),
  );
  return [...new Set(ports)];
}

function fromLsof(pid: number): number[] {
  const flags = ['-nP', '-iTCP', '-sTCP:LISTEN', '-a', '-p', String(pid), '-Fn'];
  const output = execFileSync('lsof', flags, { encoding: 'utf8' });
  return [...new Set([...output.matchAll(/^n.*:(\d+)$/gm)].map(([, port]) => Number(port)))];
}

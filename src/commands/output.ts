// What Longhaul answers goes to stdout, and nothing else does: a configuration in code, and what it imports, may print, and a line of
// theirs would end a client's session or break what a script reads. Their lines go to stderr.
import { accessSync, constants, createWriteStream, fstatSync } from 'node:fs';
import { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { isatty, WriteStream } from 'node:tty';

export type Output = Writable & { readonly isTTY: boolean };

/** Where the answers of a process that was restarted go, which `LONGHAUL_RESTARTED` says; no other process ever has it. */
const DESCRIPTOR = 3;
const SHELL = '/bin/sh';

/** The process, as far as its outputs are concerned. */
type Host = Pick<
  NodeJS.Process,
  'argv' | 'execArgv' | 'execPath' | 'env' | 'stdout' | 'stderr' | 'execve'
>;

/**
 * Restarts a process that may serve a client over stdio, under the same id, with stdout as descriptor 3 and stderr in its place: so
 * also what does not go through Node's streams, such as native code, child processes and loggers with a descriptor, cannot reach the
 * client. Where that cannot be done (Windows, no shell), `reserveStdout` alone has to do.
 */
export function restartForStdio(host: Host): void {
  const [, , command] = host.argv;
  const mayServe =
    command === 'stdio' || command === 'wrap' || (command === undefined && !isatty(0));
  if (!mayServe || host.env['LONGHAUL_RESTARTED'] !== undefined || host.execve === undefined)
    return;
  try {
    accessSync(SHELL, constants.X_OK);
  } catch {
    return;
  }
  const program = [host.execPath, ...host.execArgv, ...host.argv.slice(1)];
  host.execve(SHELL, ['sh', '-c', `exec "$@" ${DESCRIPTOR}>&1 1>&2`, 'sh', ...program], {
    ...host.env,
    LONGHAUL_RESTARTED: '1',
  });
}

/** The output for answers; from now on, whatever else is written to the process's stdout goes to its stderr. */
export function reserveStdout(host: Host): Output {
  const isRestarted = host.env['LONGHAUL_RESTARTED'] !== undefined;
  delete host.env['LONGHAUL_RESTARTED'];
  const { stdout, stderr } = host;
  const write = stdout.write.bind(stdout) as (chunk: Buffer, done: WriteDone) => boolean;
  stdout.write = stderr.write.bind(stderr);
  const restarted = isRestarted ? openDescriptor(DESCRIPTOR) : null;
  if (restarted) return restarted;
  const output = new Writable({
    write: (chunk: Buffer, _encoding, done) => void write(chunk, done),
  });
  return Object.assign(output, { isTTY: isatty(1) });
}

type WriteDone = (error?: Error | null) => void;

/** A stream to a descriptor; `null` where there is none. */
function openDescriptor(fd: number): Output | null {
  try {
    if (isatty(fd)) return new WriteStream(fd);
    const found = fstatSync(fd);
    const isPipe = found.isFIFO() || found.isSocket();
    const stream = isPipe
      ? new Socket({ fd, readable: false, writable: true })
      : createWriteStream('', { fd });
    return Object.assign(stream, { isTTY: false });
  } catch {
    return null;
  }
}

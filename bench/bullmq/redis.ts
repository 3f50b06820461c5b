// A Redis of the machine for one run: on a free port, with its data in a folder of the run, written to an append-only file.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort } from '../../src/local/index.ts';

/** A server that answers. Stopped with its scope. */
export interface Redis extends AsyncDisposable {
  readonly port: number;
  /** Its name and version, as it gives them. */
  readonly version: string;
}

const NAMES = ['valkey-server', 'redis-server'];

/** The program that `REDIS_SERVER` names, or the first on the path; `null` where there is none. */
function findRedis(env: NodeJS.ProcessEnv): string | null {
  if (env['REDIS_SERVER']) return env['REDIS_SERVER'];
  const folders = (env['PATH'] ?? '').split(delimiter);
  const files = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return files.find(isExecutable) ?? null;
}

/** Starts it; `null` where the machine has none. @throws {Error} when it does not start */
export async function startRedis(directory: string): Promise<Redis | null> {
  const program = findRedis(process.env);
  if (program === null) return null;
  const port = await freePort();
  const flags = ['--bind', '127.0.0.1', '--port', String(port), '--dir', directory];
  const child = spawn(program, [...flags, '--appendonly', 'yes', '--save', ''], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let log = '';
  const ready = new Promise<true>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('Ready to accept connections')) resolve(true);
    });
  });
  if ((await Promise.race([ready, exit])) !== true) {
    throw new Error(`${program} did not start:\n${log}`);
  }
  return {
    port,
    version: toVersion(log),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await exit;
    },
  };
}

function toVersion(log: string): string {
  const [, name = 'Redis', version = ''] = /(Redis|Valkey) version=([\d.]+)/.exec(log) ?? [];
  return `${name} ${version}`.trim();
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// Asks a Temporal CLI what it is. What matters is the server inside: builds from source call themselves 0.0.0-DEV.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment, type Environment } from '../child-environment.ts';

/** A Temporal CLI that runs and is recent enough. */
export interface TemporalCli {
  /** Path of the executable. */
  readonly file: string;
  /** Of the CLI, such as `1.9.1`; `0.0.0-DEV` for a build without a version. */
  readonly version: string;
  /** Of the Temporal server inside, such as `1.32.0`. */
  readonly serverVersion: string;
  /** What it is run with: the part of the environment that it needs. */
  readonly env: Environment;
}

/** The server of Temporal CLI 1.5, the first whose development server has everything that tasks need. */
const OLDEST_SERVER = [1, 29] as const;
const ANSWER_MS = 20_000;
const run = promisify(execFile);

/**
 * Runs `<file> --version`.
 *
 * @throws {Error} when it does not run, is no Temporal CLI, or is older than 1.5
 */
export async function readTemporalCli(
  file: string,
  env: Environment,
  signal?: AbortSignal,
): Promise<TemporalCli> {
  const output = await versionOutput(file, env, signal);
  const version = /version (\S+)/i.exec(output)?.[1];
  const server = /server (\d+)\.(\d+)\.(\d+)/i.exec(output);
  if (!version || !server) {
    throw new Error(
      `${file} is no Temporal CLI: --version says ${JSON.stringify(output.slice(0, 200))}`,
    );
  }
  const [major, minor] = [Number(server[1]), Number(server[2])];
  const [oldestMajor, oldestMinor] = OLDEST_SERVER;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    throw new Error(`${file} is Temporal CLI ${version}; 1.5 or later is needed`);
  }
  return {
    file,
    version,
    serverVersion: server.slice(1).join('.'),
    env: childEnvironment(env),
  };
}

async function versionOutput(
  file: string,
  env: Environment,
  signal: AbortSignal | undefined,
): Promise<string> {
  try {
    const { stdout } = await run(file, ['--version'], {
      timeout: ANSWER_MS,
      env: childEnvironment(env),
      ...(signal && { signal }),
    });
    return stdout.trim();
  } catch (error) {
    signal?.throwIfAborted();
    const { code, message } = error as NodeJS.ErrnoException;
    const reason =
      { ENOENT: 'there is no such file', EACCES: 'it is not executable' }[String(code)] ??
      message.trim().split('\n').slice(0, 3).join(' ');
    throw new Error(`${file} --version does not run: ${reason}`, { cause: error });
  }
}

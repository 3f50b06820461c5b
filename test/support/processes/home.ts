// A folder of a test's own with everything that Longhaul keeps there; what was left running in it ends with the scope.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBackgroundState } from '../../../src/assembly/background/state.ts';
import { stopProcess } from '../../../src/local/stop-process.ts';
import { readDataDirectory, stopEmbeddedServer } from '../../../src/local/index.ts';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';

/** The built CLI. */
export const CLI = fileURLToPath(new URL('../../../dist/src/cli.js', import.meta.url));

/** What a command that has ended left behind. */
interface Finished {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with its data directory. */
export interface Home extends AsyncDisposable {
  readonly path: string;
  readonly dataDirectory: string;
  /** Runs the CLI to its end, in the folder unless another is given. */
  run(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    cwd?: string,
  ): Promise<Finished>;
}

/** Longest a command may take, in milliseconds. */
const COMMAND_MS = 150_000;

/** The environment of every process of the tests: no Temporal address, no settings of the surroundings. */
export function bareEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const kept = [
    ...['PATH', 'HOME', 'XDG_CACHE_HOME', 'LONGHAUL_TEMPORAL_CLI', 'JAVA_HOME'],
    'NODE_COMPILE_CACHE',
  ];
  const entries = kept.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return { ...(Object.fromEntries(entries) as NodeJS.ProcessEnv), ...more };
}

export async function createHome(): Promise<Home> {
  const directory = await createTemporaryDirectory();
  const dataDirectory = join(directory.path, '.longhaul');
  return {
    path: directory.path,
    dataDirectory,
    run: (args, env = {}, cwd = directory.path) =>
      new Promise((resolve) => {
        const options = { cwd, env: bareEnvironment(env), timeout: COMMAND_MS };
        const child = execFile(
          process.execPath,
          [CLI, ...args],
          options,
          (error, stdout, stderr) => {
            resolve({ exitCode: error === null ? 0 : (child.exitCode ?? -1), stdout, stderr });
          },
        );
      }),
    [Symbol.asyncDispose]: async () => {
      const worker = readBackgroundState(dataDirectory);
      const { members } = await readDataDirectory(dataDirectory);
      for (const { pid } of members.filter((member) => member.pid !== process.pid)) {
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // it has ended in between
        }
      }
      if (worker) await stopProcess(worker);
      await stopEmbeddedServer(dataDirectory);
      await directory[Symbol.asyncDispose]();
    },
  };
}

// Runs a program that helps to get the Temporal CLI, to its end; what it printed shows only when it fails.
import { execFile, type ExecFileException } from 'node:child_process';
import { promisify } from 'node:util';
import { childEnvironment, type Environment } from '../child-environment.ts';

const SIGN_OF_LIFE_MS = 30_000;
const ERROR_LINES = 8;
const run = promisify(execFile);

export interface ToolOptions {
  /** Its working directory: an empty one of the caller's. */
  readonly directory: string;
  readonly env: Environment;
  /** Receives lines for people. */
  readonly report: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * @param fixed variables that the environment cannot change
 * @throws {Error} with the end of what it said, when it cannot be started or does not end well
 */
export async function runTool(
  kind: 'go' | 'pip',
  [command, ...args]: readonly [string, ...string[]],
  { directory, env, signal }: ToolOptions,
  fixed: Readonly<Record<string, string>> = {},
): Promise<void> {
  const running = run(command, args, {
    cwd: directory,
    env: { ...childEnvironment(env, kind), ...fixed },
    maxBuffer: Infinity,
    ...(signal && { signal }),
  });
  running.child.stdin?.end(); // it must not wait for an answer
  await running.catch((cause: unknown) => {
    const { code, message, stderr = '' } = cause as Partial<ExecFileException>;
    if (typeof code === 'string') {
      throw new Error(`${command} cannot be started (${message})`, { cause });
    }
    const said = stderr.trim().split('\n').slice(-ERROR_LINES).join('\n      ');
    throw new Error(said || `it ended with ${code ?? 'a signal'}`, { cause });
  });
}

/** Says every half minute that `work` goes on. */
export async function withSignsOfLife<Result>(
  what: string,
  report: (line: string) => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const started = performance.now();
  const timer = setInterval(() => {
    report(`  still ${what} after ${Math.round((performance.now() - started) / 1_000)} s ...`);
  }, SIGN_OF_LIFE_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

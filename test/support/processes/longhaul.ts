// The built CLI as a process, started, killed and stopped as a person or an orchestrator would.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { bareEnvironment, CLI } from './home.ts';

/** Longest wait for a process to be ready, in milliseconds; it takes 2 s on an idle machine. */
const READY_MS = 150_000;

/** A process of the CLI that is ready. Killed with its scope. */
export interface Longhaul extends AsyncDisposable {
  readonly pid: number;
  /** The MCP endpoint; empty for a worker, which has none. */
  readonly mcpUrl: string;
  /** The Temporal UI; empty where none is printed. */
  readonly uiUrl: string;
  /** The page of metrics; empty where none is served. */
  readonly metricsUrl: string;
  /** From the start of the process to its being ready, in milliseconds. */
  readonly readyMs: number;
  /** Settles when it has ended, with its exit code; `null` after a signal. */
  readonly exit: Promise<number | null>;
  /** What it wrote to stderr so far. */
  readonly log: () => string;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM; returns the exit code. */
  stop(): Promise<number | null>;
}

/** What a process starts with. */
export interface LonghaulOptions {
  readonly cwd?: string;
  /** Laid over a bare environment: no Temporal address unless given here. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another version's CLI. Default: the build of this one. */
  readonly cli?: string;
}

interface Urls {
  readonly mcp_url?: string;
  readonly temporal_ui_url?: string | null;
  readonly metrics_url?: string | undefined;
}

/** Starts `longhaul <command>` and waits until it is ready: `dev` and `serve` listen, `worker` polls. */
export async function startLonghaul(
  command: 'dev' | 'serve' | 'worker',
  flags: readonly string[],
  { cwd, env = {}, cli = CLI }: LonghaulOptions = {},
): Promise<Longhaul> {
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [cli, command, ...flags, ...(command === 'worker' ? [] : ['--json'])],
    {
      cwd,
      env: bareEnvironment({
        ...(command === 'worker' && { LONGHAUL_LOG_LEVEL: 'info' }), // says when it polls
        ...env,
      }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const exit = once(child, 'exit').then(([code]) => code as number | null);
  let log = '';
  let output = '';
  const ready = new Promise<Urls>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      if (output.includes('\n')) resolve(JSON.parse(output) as Urls);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (command === 'worker' && log.includes('worker polls')) {
        resolve({ metrics_url: /"metrics_url":"([^"]+)"/.exec(log)?.[1] });
      }
    });
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exit;
  };
  const late = setTimeout(() => child.kill('SIGKILL'), READY_MS);
  const urls = await Promise.race([ready, exit.then(() => null)]);
  clearTimeout(late);
  if (urls === null) throw new Error(`longhaul ${command} did not get ready:\n${log}`);
  return {
    pid: child.pid!,
    mcpUrl: urls.mcp_url ?? '',
    uiUrl: urls.temporal_ui_url ?? '',
    metricsUrl: urls.metrics_url ?? '',
    readyMs: performance.now() - startedAt,
    exit,
    log: () => log,
    kill: async () => {
      await end('SIGKILL');
    },
    stop: () => end('SIGTERM'),
    [Symbol.asyncDispose]: async () => {
      await end('SIGKILL');
    },
  };
}

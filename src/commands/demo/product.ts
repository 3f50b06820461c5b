// The product of the story: `longhaul dev` as a process of its own, on a data directory that is gone afterwards.
// Invariants: nothing of the user's own settings, tasks and files is touched; when `close` resolves, no process is left.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDataDirectory, stopEmbeddedServer } from '../../temporal/embedded/index.ts';
import type { CommandContext } from '../context.ts';
import { StepFailure } from './step.ts';

/** What `longhaul dev --json` says when it is ready. */
interface Ready {
  readonly mcp_url: string;
  readonly temporal_ui_url: string;
}

/** Processes by id. */
interface Killed {
  /** Gateway and worker. */
  readonly longhaul: number;
  readonly temporal: number;
}

/** `longhaul dev`, started and killed at will. */
export interface Product {
  /** Starts it; resolves when it is ready. */
  start(): Promise<Ready>;
  /** kill -9 of gateway and worker, and of the Temporal server. */
  kill(): Promise<Killed>;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Ends whatever runs, and removes the files. */
  close(): Promise<void>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** Longest wait for a start, in milliseconds; 2 to 5 s are usual. */
const START_MS = 60_000;

/** How long it may take to end in order, in milliseconds. */
const STOP_MS = 20_000;

const LOG_LINES = 25;

/** @param cliFile the Temporal CLI, found before, since getting one can take minutes */
export async function createProduct(
  { cliFile, env, interrupted }: CommandContext,
  temporalCli: string,
): Promise<Product> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'longhaul-demo-')));
  const dataDirectory = join(directory, 'data');
  // Files that say nothing keep settings of the user's from being found instead.
  await writeFile(join(directory, 'longhaul.config.json'), '{}\n');
  await writeFile(join(directory, 'temporal.toml'), '');
  const environment = {
    ...Object.fromEntries(
      Object.entries(env).filter(([name]) => !/^(LONGHAUL|TEMPORAL)_/.test(name)),
    ),
    LONGHAUL_TEMPORAL_CLI: temporalCli,
    TEMPORAL_CONFIG_FILE: join(directory, 'temporal.toml'),
  };
  const log: string[] = [];
  let child: Child | undefined;

  const keepLog = async (stream: Readable) => {
    for await (const line of createInterface({ input: stream })) {
      log.push(line);
      if (log.length > LOG_LINES) log.shift();
    }
  };
  const end = async (signal: NodeJS.Signals, limitMs: number) => {
    if (!child || hasEnded(child)) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const limit = new AbortController();
    await Promise.race([
      exit,
      sleep(limitMs, undefined, { signal: limit.signal }).catch(() => undefined),
    ]);
    limit.abort();
  };

  return {
    log,
    start: async () => {
      interrupted.throwIfAborted();
      child = spawn(
        process.execPath,
        [cliFile, 'dev', '--port', '0', '--json', '--data-dir', dataDirectory],
        // A group of its own: the terminal's Ctrl-C is for the demo, which then ends it in order.
        { cwd: directory, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] },
      );
      const logged = keepLog(child.stderr);
      const line = await firstLine(child, interrupted);
      if (line !== null) return JSON.parse(line) as Ready;
      // Why it ended stands in the last lines, which may come after its end.
      await Promise.race([logged, sleep(STOP_MS, undefined, { ref: false })]);
      throw new StepFailure('longhaul dev ended while it started');
    },
    kill: async () => {
      const { server } = await readDataDirectory(dataDirectory);
      if (!child?.pid || !server) throw new StepFailure('there is nothing to kill');
      const killed = { longhaul: child.pid, temporal: server.pid };
      const exit = once(child, 'exit');
      process.kill(killed.longhaul, 'SIGKILL');
      process.kill(killed.temporal, 'SIGKILL');
      await exit;
      return killed;
    },
    close: async () => {
      await end('SIGTERM', STOP_MS);
      await end('SIGKILL', STOP_MS);
      await stopEmbeddedServer(dataDirectory); // it outlives a gateway that had to be killed
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function hasEnded({ exitCode, signalCode }: Child): boolean {
  return exitCode !== null || signalCode !== null;
}

/** What it prints first; `null` when it ends without. */
async function firstLine(child: Child, interrupted: AbortSignal): Promise<string | null> {
  const signal = AbortSignal.any([interrupted, AbortSignal.timeout(START_MS)]);
  const lines = createInterface({ input: child.stdout });
  try {
    return await Promise.race([
      once(lines, 'line', { signal }).then(([text]) => text as string),
      once(lines, 'close', { signal }).then(() => null),
    ]);
  } catch (error) {
    interrupted.throwIfAborted();
    if (signal.aborted)
      throw new StepFailure(`longhaul dev is not ready after ${START_MS / 1000} s`);
    throw error;
  }
}

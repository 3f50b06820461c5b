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
import { childEnvironment, readDataDirectory, stopEmbeddedServer } from '../../local/index.ts';
import type { CommandContext } from '../../assembly/context.ts';

/** Longest wait for a start, in milliseconds; 2 to 5 s are usual. */
const START_MS = 60_000;

/** How long it may take to end in order, in milliseconds. */
const STOP_MS = 20_000;

/** How many of the last lines of its log are kept. */
const LOG_LINES = 25;

/** `longhaul dev`, started and killed at will. */
export class Product {
  /** The last lines of its log. */
  readonly log: string[] = [];
  readonly #context: CommandContext;
  readonly #directory: string;
  readonly #dataDirectory: string;
  readonly #temporalCli: string;
  #child: ChildProcessByStdio<null, Readable, Readable> | undefined;

  private constructor(context: CommandContext, directory: string, temporalCli: string) {
    this.#context = context;
    this.#directory = directory;
    this.#dataDirectory = join(directory, 'data');
    this.#temporalCli = temporalCli;
  }

  /** @param temporalCli the Temporal CLI, found before, since getting one can take minutes */
  static async create(context: CommandContext, temporalCli: string): Promise<Product> {
    const directory = await realpath(await mkdtemp(join(tmpdir(), 'longhaul-demo-')));
    // Files that say nothing keep settings of the user's from being found instead.
    await writeFile(join(directory, 'longhaul.config.json'), '{}\n');
    await writeFile(join(directory, 'temporal.toml'), '');
    return new Product(context, directory, temporalCli);
  }

  /** Starts it; resolves with what `longhaul dev --json` prints when it is ready. */
  async start(): Promise<{ readonly mcp_url: string; readonly temporal_ui_url: string }> {
    const { cliFile, env, interrupted } = this.#context;
    interrupted.throwIfAborted();
    const child = spawn(
      process.execPath,
      [cliFile, 'dev', '--port', '0', '--json', '--data-dir', this.#dataDirectory],
      {
        cwd: this.#directory,
        env: {
          ...childEnvironment(env), // no settings of Longhaul's or Temporal's, and no secrets
          LONGHAUL_TEMPORAL_CLI: this.#temporalCli,
          TEMPORAL_CONFIG_FILE: join(this.#directory, 'temporal.toml'),
        },
        detached: true, // the terminal's Ctrl-C is for the demo, which then ends it in order
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    this.#child = child;
    const logged = createInterface({ input: child.stderr }).on('line', (line) => {
      if (this.log.push(line) > LOG_LINES) this.log.shift();
    });
    const closed = once(logged, 'close');
    const signal = AbortSignal.any([interrupted, AbortSignal.timeout(START_MS)]);
    for await (const line of createInterface({ input: child.stdout, signal })) {
      return JSON.parse(line) as Awaited<ReturnType<Product['start']>>;
    }
    interrupted.throwIfAborted();
    if (signal.aborted) throw new Error(`not ready after ${START_MS / 1000} s`);
    // Why it ended stands in the last lines, which may come after its end.
    await Promise.race([closed, sleep(STOP_MS, undefined, { ref: false })]);
    throw new Error('longhaul dev ended while it started');
  }

  /** kill -9 of gateway and worker, and of the Temporal server. */
  async kill(): Promise<{ readonly longhaul: number; readonly temporal: number }> {
    const { server } = await readDataDirectory(this.#dataDirectory);
    if (!this.#child?.pid || !server) throw new Error('there is nothing to kill');
    const killed = { longhaul: this.#child.pid, temporal: server.pid };
    process.kill(killed.temporal, 'SIGKILL');
    await this.#end('SIGKILL');
    return killed;
  }

  /** Ends whatever runs, and removes the files. */
  async close(): Promise<void> {
    await this.#end('SIGTERM');
    await this.#end('SIGKILL');
    await stopEmbeddedServer(this.#dataDirectory); // it outlives a gateway that had to be killed
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit', { signal: AbortSignal.timeout(STOP_MS) });
    child.kill(signal);
    await exit.catch(() => undefined);
  }
}

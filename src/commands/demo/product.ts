// The product of the story: `longhaul dev` as a process of its own, on a data directory that is gone afterwards.
// Invariants: nothing of the user's own settings, tasks and files is touched; when `close` resolves, no process is left.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StdioServerParameters } from '@modelcontextprotocol/client/stdio';
import { liveBackgroundWorker } from '../../assembly/background/state.ts';
import { childEnvironment, readDataDirectory } from '../../local/index.ts';
import { processIdentity, stopEmbeddedServer, stopProcess } from '../../local/index.ts';
import type { CommandContext } from '../../assembly/context.ts';

/** What of the answer of `longhaul dev --json` is used. */
type Ready = Readonly<Record<'mcp_url' | 'temporal_ui_url', string>>;

/** `longhaul dev`, started and killed at will. */
export class Product {
  /** What it wrote to stderr, of all its starts. */
  log = '';
  readonly #context: CommandContext;
  readonly #temporalCli: string;
  readonly #directory = realpathSync(mkdtempSync(join(tmpdir(), 'longhaul-demo-')));
  readonly #dataDirectory = join(this.#directory, 'data');
  #child: ChildProcess | undefined;
  #identity: ReturnType<typeof processIdentity>;

  /** @param temporalCli the Temporal CLI, found before, since getting one can take minutes */
  constructor(context: CommandContext, temporalCli: string) {
    this.#context = context;
    this.#temporalCli = temporalCli;
    // Files that say nothing keep settings of the user's from being found instead.
    writeFileSync(join(this.#directory, 'longhaul.config.json'), '{}\n');
    writeFileSync(join(this.#directory, 'temporal.toml'), '');
  }

  /** Starts it; resolves when it is ready. */
  async start(): Promise<Ready> {
    const { cliFile, interrupted: signal } = this.#context;
    const options = ['--port', '0', '--json', '--data-dir', this.#dataDirectory];
    const child = spawn(process.execPath, [cliFile, 'dev', ...options], {
      cwd: this.#directory,
      env: this.#environment('local'),
      detached: true, // the terminal's Ctrl-C is for the demo, which then ends it in order
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#identity = child.pid === undefined ? undefined : processIdentity(child.pid);
    child.stderr.setEncoding('utf8').on('data', (text: string) => void (this.log += text));
    const [line] = (await Promise.race([
      once(createInterface(child.stdout), 'line', { signal }),
      // Not before all of its log is there, which says why.
      once(child, 'close').then(() => {
        throw new Error('longhaul dev ended while it started');
      }),
    ])) as [string];
    return JSON.parse(line) as Ready;
  }

  /** How a client starts `longhaul wrap` in front of a server. */
  wrap(server: readonly string[]): StdioServerParameters {
    const options = ['--data-dir', this.#dataDirectory, '--log-level', 'error'];
    return {
      command: process.execPath,
      args: [this.#context.cliFile, 'wrap', ...options, '--', ...server],
      cwd: this.#directory,
      env: this.#environment('upstream'),
      stderr: 'ignore',
    };
  }

  /** No settings of Longhaul's or Temporal's, and no secrets. */
  #environment(kind: 'local' | 'upstream'): Record<string, string> {
    return {
      ...childEnvironment(this.#context.env, kind),
      LONGHAUL_TEMPORAL_CLI: this.#temporalCli,
      TEMPORAL_CONFIG_FILE: join(this.#directory, 'temporal.toml'),
      XDG_STATE_HOME: this.#directory,
    };
  }

  /** kill -9 of gateway and worker, and of the Temporal server. */
  async kill(): Promise<{ readonly longhaul: number; readonly temporal: number }> {
    const { server } = await readDataDirectory(this.#dataDirectory);
    const child = this.#child;
    if (!child?.pid || !server) throw new Error('there is nothing to kill');
    const ended = once(child, 'exit');
    for (const pid of [server.pid, child.pid]) process.kill(pid, 'SIGKILL');
    await ended;
    return { longhaul: child.pid, temporal: server.pid };
  }

  /** Ends whatever runs, and removes the files. */
  async close(): Promise<void> {
    const worker = liveBackgroundWorker(this.#dataDirectory);
    for (const one of [this.#identity, worker]) if (one) await stopProcess(one);
    await stopEmbeddedServer(this.#dataDirectory); // it outlives a gateway that had to be killed
    await rm(this.#directory, { recursive: true, force: true });
  }
}

// The process of an upstream that is a command, as a transport of the MCP client: one message a line. Invariants: the process leads a
// group of its own, and all of the group ends with the connection or with this process, kill -9 included; a line that is no message
// ends nothing.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { parseJson } from '../../../contract/json/exact-number.ts';
import { isJsonObject } from '../../../contract/json.ts';
import { pause } from '../../../contract/pause.ts';
import { createLines } from './lines.ts';
import { isSpoilt, toRefusedAnswer, toSpoiltAnswer } from './refused-answer.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly maxMessageBytes: number;
  /** Receives what the process writes to stderr, and what on stdout is no message. */
  readonly onNoise: (from: 'stderr' | 'stdout', line: string) => void;
}

/**
 * The command, and beside it a shell that waits until the other end of descriptor 3 is closed, which the operating system does when
 * this process dies, and then ends the group. While that shell lives, no other group can get the number.
 */
const GUARDED = `(trap "" TERM HUP INT; read -r _ <&3; kill -TERM -$$; sleep 3; kill -KILL -$$) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

/** How long a server may take to end by itself once its stdin is closed, in milliseconds. */
const END_MS = 1_000;
/** How long answers may still come out of the pipe of a process that has ended, in milliseconds. */
const DRAIN_MS = 200;
/** Longest line of noise that is passed on. */
const NOISE_BYTES = 4_096;

export class ChildTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: Transport['onmessage'];
  readonly #options: ChildOptions;
  #child: ChildProcess | undefined;
  #ended = false;
  #ending: string | null = null;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  /** How the process has ended by itself; `null` while it runs. */
  get ending(): string | null {
    return this.#ending;
  }

  async start(): Promise<void> {
    const { command, args, cwd, env } = this.#options;
    const isGuarded = process.platform !== 'win32';
    const child = spawn(
      isGuarded ? '/bin/sh' : command,
      isGuarded ? ['-c', GUARDED, 'sh', command, ...args] : [...args],
      { cwd, env, detached: isGuarded, stdio: ['pipe', 'pipe', 'pipe', 'pipe'], windowsHide: true },
    );
    this.#child = child;
    this.#listen(child);
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const child = this.#child;
    const stdin = child?.stdin;
    if (!stdin || this.#ended) throw new Error('the process has ended');
    const broken = await new Promise<Error | null | undefined>((resolve) => {
      stdin.write(`${JSON.stringify(message)}\n`, resolve);
    });
    if (!broken) return;
    // A pipe breaks because the process ends, and how it ended is known a moment later.
    const signal = AbortSignal.timeout(END_MS);
    if (this.#ending === null) await once(child, 'exit', { signal }).catch(() => undefined);
    throw new Error(this.#ending ?? broken.message, { cause: broken });
  }

  async close(): Promise<void> {
    const child = this.#child;
    if (!child || this.#ended) return;
    child.stdin?.end();
    if (this.#ending === null) await ofTime(once(child, 'exit'), END_MS);
    endGroup(child);
    this.#end();
  }

  #listen(child: ChildProcess): void {
    const { maxMessageBytes, onNoise } = this.#options;
    const report = (error: Error) => this.onerror?.(error);
    for (const stream of child.stdio) stream?.on('error', report);
    const messages = createLines(maxMessageBytes, (line, isWhole) => {
      this.#receive(line, isWhole);
    });
    const noise = createLines(NOISE_BYTES, (line) => {
      onNoise('stderr', line.toString());
    });
    child.stdout?.on('data', messages);
    child.stderr?.on('data', noise);
    child.once('error', () => {
      this.#end();
    });
    child.once('exit', (code, signal) => {
      const how = code === 127 ? 'was not found' : `ended with ${signal ?? `code ${code ?? 0}`}`;
      this.#ending = `the command ${how}; the log has what it wrote`;
      endGroup(child); // what the command has left behind
      setTimeout(() => {
        this.#end();
      }, DRAIN_MS);
      child.stdout?.once('end', () => {
        this.#end();
      });
    });
  }

  #receive(line: Buffer, isWhole: boolean): void {
    const { maxMessageBytes } = this.#options;
    const tooLarge = `has more than ${maxMessageBytes} bytes; at most so many are read (maxMessageBytes)`;
    const answer = isWhole ? read(line) : tooLarge;
    if (typeof answer === 'object' && answer !== null) {
      this.onmessage?.(answer);
      return;
    }
    const refused = answer === null ? toSpoiltAnswer(line) : toRefusedAnswer(line, answer);
    if (refused) this.onmessage?.(refused);
    if (!refused || answer === null) {
      this.#options.onNoise('stdout', line.subarray(0, 200).toString());
    }
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.onclose?.();
  }
}

/** Waits, but no longer than that. The timer keeps the process alive: somebody waits for what follows. */
async function ofTime(happened: Promise<unknown>, limitMs: number): Promise<void> {
  const over = new AbortController();
  await Promise.race([happened, pause(limitMs, over.signal)]);
  over.abort();
}

function endGroup(child: ChildProcess): void {
  const guard = child.stdio[3] as Writable | null | undefined;
  if (process.platform === 'win32') child.kill();
  else guard?.destroy();
}

/** The message of a line; `null` for one that is none, or why a message cannot be read. */
function read(line: Buffer): JSONRPCMessage | string | null {
  try {
    const value = parseJson(line.toString());
    return isJsonObject(value) && value['jsonrpc'] === '2.0' && !isSpoilt(value)
      ? (value as unknown as JSONRPCMessage)
      : null;
  } catch (error) {
    return error instanceof RangeError ? 'is nested too deeply' : null;
  }
}

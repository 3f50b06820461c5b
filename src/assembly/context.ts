// What a command gets from the process it runs in, and what it gives back.
import type { Readable, Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import type { LoadedConfig } from '../config/index.ts';

/** The process, as far as commands may touch it. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly workingDirectory: string;
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Pick<WriteStream, 'write' | 'isTTY'>;
  /** The same as `stdout`, as a stream: for the messages of a client, byte for byte. */
  readonly protocol: Writable;
  readonly stderr: Pick<WriteStream, 'write' | 'isTTY'>;
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly interrupted: AbortSignal;
  /** The file of the CLI, to start another process of it. */
  readonly cliFile: string;
  /** The configuration, where it had to be loaded to know the command. */
  readonly config?: LoadedConfig;
}

export const EXIT = {
  ok: 0,
  /** The command could not do what it was asked to. */
  failed: 1,
  /** The arguments or the configuration are wrong. */
  usage: 2,
  /** `tasks wait`: the task ended as failed. */
  taskFailed: 3,
  /** `tasks wait`: the task was still running when the time was up. */
  taskRunning: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What keeps a command from its work is wrong in its arguments, its environment or its configuration. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

// What an attempt gets from its runner. The runner sends heartbeats, limits the time and delivers the cancel; the author
// only passes `signal` on.
import type { FileReference, StoredFile } from '../contract/file.ts';
import type { InputRequests, InputResponse, InputResponses } from '../contract/input.ts';
import type { Json } from '../contract/json.ts';
import type { Services } from './services.ts';

/** A logger bound to the task: operation, task and attempt are on every line already. */
export interface OperationLog {
  debug(message: string, fields?: Readonly<Record<string, Json>>): void;
  info(message: string, fields?: Readonly<Record<string, Json>>): void;
  warn(message: string, fields?: Readonly<Record<string, Json>>): void;
  error(message: string, fields?: Readonly<Record<string, Json>>): void;
}

/** What `run`, `submit`, `poll` and `cancel` are given beside their parameters. */
export interface OperationContext {
  /** Aborted on cancel, on timeout and when the worker shuts down; hand it to everything that waits. */
  readonly signal: AbortSignal;
  /** Reports how far the work is: a fraction from 0 to 1 (or `null`), and one sentence. Cheap: at most one a second is sent. */
  progress(fraction: number | null, message?: string): void;
  /**
   * The same for every attempt of a task, and not to be guessed: 43 characters. Send it upstream, so that a repeated attempt is
   * recognised there. It is not the key that the caller sent.
   */
  readonly idempotencyKey: string;
  /** Counted from 1. */
  readonly attempt: number;
  /** How long the task has waited before its first attempt, as `delayMs` of the operation wanted, in milliseconds. */
  readonly delayedMs: number;
  /** Who asked for the task. */
  readonly principal: string;
  /** What was asked and answered so far, by the key of the question. */
  readonly inputResponses: InputResponses;
  /**
   * Asks people: returns the answers once there are all of them, and until then ends the attempt by throwing
   * `InputRequired` with those that are missing. What stands before it runs again when the answers are there, so it must
   * not have taken effect. A declined or cancelled question counts as answered.
   */
  readonly ask: <Key extends string>(
    requests: InputRequests<Key>,
  ) => Readonly<Record<Key, InputResponse>>;
  /**
   * Stores bytes as a file of the caller, as they come: no more than a piece of 1 MiB is held in memory. The reference is JSON,
   * to be returned as the result or within it; the caller of the task reads the file by its uri.
   *
   * Rejects with `RESULT_TOO_LARGE` above `storage.maxFileBytes`, `STORAGE_UNAVAILABLE`, and `INTERNAL` where no storage is
   * configured.
   */
  readonly store: (
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    mimeType?: string,
  ) => Promise<FileReference>;
  /**
   * Opens a file of the caller by its uri or reference, as parameters name it.
   *
   * Rejects with `FILE_NOT_FOUND`, `STORAGE_UNAVAILABLE`, and `INTERNAL` where no storage is configured.
   */
  readonly open: (file: string | FileReference) => Promise<StoredFile>;
  readonly log: OperationLog;
}

/** The context of operations that are declared rather than coded: they name secrets and connections instead of holding them. */
export interface DeclaredContext extends OperationContext {
  /**
   * Reads a secret at the moment of use: `env:NAME` or `file:path`.
   *
   * Fails with `INTERNAL`, naming the reference and never the value.
   */
  secret(reference: string): Promise<string>;
  /** Whether an earlier attempt of the task has asked, answered or not. */
  readonly hasAsked: boolean;
  /** Where the upstream may report the end of the job. Absent: nowhere. */
  readonly callbackUrl?: string;
  /** What the process has opened once for all attempts, or opens now: clients, pools, connections. */
  readonly services: Pick<Services, 'get'>;
  /** Is shown every exchange of a declared operation, without secrets. Absent: they are not shown. */
  readonly observe?: (exchange: ObservedExchange) => void;
}

/** A request as it was sent, and what came of it. */
export interface ObservedExchange {
  /** Method and URL. */
  readonly request: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text, or what the body is. */
  readonly body: string | null;
  /** Of an answer that counts as success. */
  readonly answer?: { readonly status: number; readonly body: Json };
  /** Why there is none: code, message and details of the error. */
  readonly error?: Json;
}

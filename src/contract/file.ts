// Files: what is too large to travel with a task. A file is bytes under a URI that follows from them, so equal bytes have
// one URI, and a file never changes. It belongs to the principal who stored it, and no other finds it.
import type { TaskError } from './errors.ts';
import { isJsonObject, type JsonObject } from './json.ts';

/** A file as parameters and results name it; the words are those of MCP's resource links. */
export interface FileReference extends JsonObject {
  /** `longhaul://files/<name>`. */
  readonly uri: string;
  /** Media type, as given when the file was stored. */
  readonly mimeType: string;
  /** In bytes. */
  readonly size: number;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
}

/** Most of a file that one answer over MCP carries, in bytes: a piece, so that memory stays flat. */
export const PART_BYTES = 1024 * 1024;

/** Part of a file, in bytes. */
export interface FileRange {
  readonly offset: number;
  readonly length: number;
}

export interface StoredFile {
  readonly reference: FileReference;
  /**
   * Its bytes, or a part of them that lies within the file, piece by piece: each is checked before it is handed out.
   *
   * Rejects with `FILE_DAMAGED`, `FILE_NOT_FOUND` when it expires meanwhile, `STORAGE_UNAVAILABLE`.
   */
  readonly read: (range?: FileRange) => AsyncIterable<Uint8Array>;
}

/** The storage of large values. Of a file, no more than one piece is in memory. */
export interface Files {
  /** Largest file, in bytes. */
  readonly maxBytes: number;
  /**
   * Stores bytes as they come; the same again changes nothing but the time from which they are kept.
   *
   * Rejects with `RESULT_TOO_LARGE` above `maxBytes`, with `STORAGE_UNAVAILABLE`, also while the disk is nearly full, and with
   * `RATE_LIMITED` where a principal uses as much as is allowed. What is refused leaves nothing behind.
   *
   * @param from a `result` has its work behind it, and is kept however much its principal uses. Default: `result`
   */
  write(
    principal: string,
    content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
    mimeType: string,
    from?: 'request' | 'result',
  ): Promise<FileReference>;
  /** Why a principal is to start nothing more that could leave files; `null` when it may. Makes no call. */
  refusal(principal: string): TaskError | null;
  /** Finds a file. Rejects with `FILE_NOT_FOUND`, for another principal's as for an unknown one. */
  find(principal: string, uri: string): Promise<StoredFile>;
}

const PREFIX = 'longhaul://files/';

const NAME = /^[0-9a-f]{64}$/;

export function toFileUri(name: string): string {
  return PREFIX + name;
}

/** The name in a file's URI; `null` when it is none. */
export function parseFileUri(uri: string): string | null {
  const name = uri.startsWith(PREFIX) ? uri.slice(PREFIX.length) : '';
  return NAME.test(name) ? name : null;
}

export function isFileReference(value: unknown): value is FileReference {
  return (
    isJsonObject(value) &&
    typeof value['uri'] === 'string' &&
    parseFileUri(value['uri']) !== null &&
    typeof value['mimeType'] === 'string' &&
    typeof value['size'] === 'number' &&
    typeof value['sha256'] === 'string'
  );
}

export function isTextType(mimeType: string): boolean {
  return /^text\/|[/+](json|xml|yaml)\b/i.test(mimeType);
}

// The port under the files: objects by key, whole or not at all. A directory and an S3 bucket can do this much.

/** Keeps objects. Keys are segments of `[0-9a-f]` and letters, joined by `/`. */
export interface ObjectStore {
  /** Writes an object, over the one that is there. Whoever reads sees the whole of it or nothing. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /**
   * Reads an object; `null` when there is none.
   *
   * @param maxBytes a larger one is none of ours, and fails with `FILE_DAMAGED`
   */
  read(key: string, maxBytes: number): Promise<Uint8Array | null>;
}

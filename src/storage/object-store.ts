// The port under the files: objects by key, whole or not at all. A directory and an S3 bucket can do this much.

/** Keeps objects. Keys are segments of `[0-9a-f]` and letters, joined by `/`. */
export interface ObjectStore {
  /** Writes an object, over the one that is there. A reader sees the whole of it or nothing. */
  write(key: string, bytes: Uint8Array): Promise<void>;
  /** Writes an object that is to have its name only if the whole of which it is a part comes about. */
  stage(key: string, bytes: Uint8Array): Promise<StagedObject>;
  /**
   * Reads an object; `null` when there is none.
   *
   * @param maxBytes a larger one is none of ours, and fails with `FILE_DAMAGED`
   */
  read(key: string, maxBytes: number): Promise<Uint8Array | null>;
  /** How many bytes the objects of a folder take up: those of keys that begin with it and `/`. */
  sizeOf(folder: string): Promise<number>;
}

/** An object that waits for its name. */
export interface StagedObject {
  keep(): Promise<void>;
  /** Leaves nothing behind, where the store knows such objects apart; never rejects. */
  drop(): Promise<void>;
}

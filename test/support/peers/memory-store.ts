// Objects in memory, for what is not about where they are kept.
import type { ObjectStore } from '../../../src/storage/object-store.ts';

/** A store, and what is in it. */
export function createMemoryStore(): {
  readonly store: ObjectStore;
  readonly objects: ReadonlyMap<string, Uint8Array>;
} {
  const objects = new Map<string, Uint8Array>();
  const write = async (key: string, bytes: Uint8Array): Promise<void> => {
    objects.set(key, Uint8Array.from(bytes));
  };
  return {
    objects,
    store: {
      write,
      stage: async (key, bytes) => {
        const copy = Uint8Array.from(bytes); // a piece holds only until the next one
        return { keep: async () => write(key, copy), drop: async () => undefined };
      },
      sizeOf: async (folder) =>
        [...objects]
          .filter(([key]) => key.startsWith(`${folder}/`))
          .reduce((sum, [, { length }]) => sum + length, 0),
      read: async (key) => objects.get(key) ?? null,
    },
  };
}

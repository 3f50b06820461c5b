// Objects in memory, for what is not about where they are kept.
import type { ObjectStore } from '../../src/storage/object-store.ts';

/** A store, and what is in it. */
export function createMemoryStore(): {
  readonly store: ObjectStore;
  readonly objects: ReadonlyMap<string, Uint8Array>;
} {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    store: {
      write: async (key, bytes) => {
        objects.set(key, Uint8Array.from(bytes));
      },
      read: async (key) => objects.get(key) ?? null,
    },
  };
}

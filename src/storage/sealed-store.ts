// Objects that nobody reads without the keys. An object is sealed for its key, so it opens nowhere else. What its name says
// stays visible: the hash of its content.
import { OperationError } from '../contract/errors.ts';
import { open, seal, type Keyring } from '../secrecy/index.ts';
import { createDamagedError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Seals what goes into a store, and opens what comes out of it. */
export function createSealedStore(store: ObjectStore, keyring: Keyring): ObjectStore {
  return {
    write: async (key, bytes) => store.write(key, seal(keyring, bytes, key)),
    read: async (key, maxBytes) => {
      const sealed = await store.read(key, maxBytes + LONGEST_ENVELOPE);
      if (sealed === null) return null;
      try {
        return open(keyring, sealed, key);
      } catch (error) {
        throw error instanceof OperationError && error.message.includes('encryption.keys')
          ? error // the key is missing, the object may be well
          : createDamagedError(error);
      }
    },
  };
}

/** How much longer a sealed object is at most, in bytes: an older key may have a longer id. */
const LONGEST_ENVELOPE = 256;

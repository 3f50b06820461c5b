// Objects that nobody reads without the keys. An object is sealed for its key, so it opens nowhere else; and its name is a
// keyed hash, since the hash of its content would tell whoever has that content that it is here.
import { createHmac } from 'node:crypto';
import { OperationError } from '../contract/errors.ts';
import { open, seal, type Secrecy } from '../secrecy/index.ts';
import { createDamagedError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Seals what goes into a store, and opens what comes out of it. */
export function createSealedStore(store: ObjectStore, { keyring, nameKey }: Secrecy): ObjectStore {
  const toSealedKey = (key: string): string =>
    `sealed/${createHmac('sha256', nameKey).update(key).digest('hex')}`;
  return {
    write: async (key, bytes) => store.write(toSealedKey(key), seal(keyring, bytes, key)),
    read: async (key, maxBytes) => {
      const sealed = await store.read(toSealedKey(key), maxBytes + LONGEST_ENVELOPE);
      if (sealed === null) return null;
      try {
        return open(keyring, sealed, key);
      } catch (error) {
        throw isMissingKey(error) ? error : createDamagedError(error);
      }
    },
  };
}

/** How much longer a sealed object is at most, in bytes: an older key may have a longer id. */
const LONGEST_ENVELOPE = 256;

/** Where a key is missing, the object may be well. */
function isMissingKey(error: unknown): boolean {
  return error instanceof OperationError && error.message.includes('encryption.keys');
}

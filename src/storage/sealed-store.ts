// Objects that cannot be read without the keys. An object is sealed for its key, so it opens nowhere else; and its name is a
// keyed hash, since the hash of its content would show to one who has that content that it is here. How much belongs together can be
// seen: a folder is one principal's, under a keyed hash as well.
import { createHmac } from 'node:crypto';
import { OperationError } from '../contract/errors.ts';
import { open, seal, type Encryption } from '../encryption/index.ts';
import { createDamagedError } from './errors.ts';
import type { ObjectStore } from './object-store.ts';

/** Seals what goes into a store, and opens what comes out of it. */
export function createSealedStore(
  store: ObjectStore,
  { keyring, nameKey }: Encryption,
): ObjectStore {
  const hide = (name: string): string => createHmac('sha256', nameKey).update(name).digest('hex');
  const toSealedFolder = (folder: string): string => `sealed/${hide(`${folder}/`)}`;
  const toSealedKey = (key: string): string =>
    `${toSealedFolder(key.slice(0, key.indexOf('/')))}/${hide(key)}`;
  return {
    write: async (key, bytes) => store.write(toSealedKey(key), seal(keyring, bytes, key)),
    stage: async (key, bytes) => store.stage(toSealedKey(key), seal(keyring, bytes, key)),
    sizeOf: async (folder) => store.sizeOf(toSealedFolder(folder)),
    read: async (key, maxBytes) => {
      const bound = maxBytes + LONGEST_ENVELOPE;
      // Earlier versions kept all objects in one folder.
      const sealed =
        (await store.read(toSealedKey(key), bound)) ??
        (await store.read(`sealed/${hide(key)}`, bound));
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

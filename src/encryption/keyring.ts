// The keys of an installation: one encrypts, all decrypt, so that a key can be replaced while tasks of the old one can still
// be read.
import type { KeyObject } from 'node:crypto';
import { OperationError } from '../contract/errors.ts';

/** A key and its name, which travels with everything that it encrypts. */
export interface Key {
  readonly id: string;
  readonly secret: KeyObject;
}

export interface Keyring {
  readonly active: Key;
  /** @throws {OperationError} `INTERNAL`, naming the id, when there is none */
  get(id: string): Key;
}

/** The secrets of an installation; every gateway and every worker has the same. */
export interface Encryption {
  /** Encrypts what tasks carry. */
  readonly keyring: Keyring;
  /** Turns idempotency keys into names that reveal nothing. */
  readonly nameKey: KeyObject;
}

/** Data is encrypted with a key that is not there. By its name workflows see that another worker may have the key. */
class MissingKeyError extends OperationError {}

export const KEY_ID = /^[A-Za-z0-9._-]{1,64}$/;

/** Where there are no keys, none is found. */
export const NO_KEYS: Pick<Keyring, 'get'> = createLookup([]);

/** A ring of keys, of which the first encrypts. */
export function createKeyring(keys: readonly [Key, ...Key[]]): Keyring {
  return { active: keys[0], ...createLookup(keys) };
}

function createLookup(keys: readonly Key[]): Pick<Keyring, 'get'> {
  const byId = new Map(keys.map((key) => [key.id, key]));
  return {
    get: (id) => {
      const key = byId.get(id);
      if (key) return key;
      const known = [...byId.keys()].join(', ') || 'none';
      const named = KEY_ID.test(id) ? `the key "${id}"` : 'a key whose id is malformed';
      throw new MissingKeyError(
        'INTERNAL',
        `this was encrypted with ${named}, which is not among the keys here (${known}): add it to encryption.keys`,
      );
    },
  };
}

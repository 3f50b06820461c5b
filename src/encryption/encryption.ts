// What an installation keeps secret, and with what.
import type { KeyObject } from 'node:crypto';
import type { Keyring } from './keyring.ts';

/** The secrets of an installation; every gateway and every worker has the same. */
export interface Encryption {
  /** Encrypts what tasks carry. */
  readonly keyring: Keyring;
  /** Turns idempotency keys into names that reveal nothing. */
  readonly nameKey: KeyObject;
}

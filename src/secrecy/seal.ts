// Bytes sealed with a keyring, for whatever is kept outside of Temporal: header, nonce, ciphertext, tag. The header names the
// key, so that a ring opens what any of its keys has sealed.
import { decrypt, encrypt, NONCE_BYTES, TAG_BYTES } from './cipher.ts';
import { parseHeader, toHeader } from './header.ts';
import type { Keyring } from './keyring.ts';

/** First byte of sealed bytes: the format. */
const FORMAT = 1;

/**
 * Seals bytes.
 *
 * @param bound what they belong to, for example the name of the object: they open for nothing else
 */
export function seal({ active }: Keyring, bytes: Uint8Array, bound: string): Buffer {
  return Buffer.concat([
    toHeader(FORMAT, active.id),
    encrypt(active.secret, bytes, toBound(active.id, bound)),
  ]);
}

/**
 * Opens sealed bytes.
 *
 * @throws {OperationError} `INTERNAL` when the key is not there, or the bytes are not what was sealed for this
 */
export function open(keyring: Keyring, sealed: Uint8Array, bound: string): Buffer {
  const { keyId, length } = parseHeader(FORMAT, sealed);
  const { id, secret } = keyring.get(keyId);
  return decrypt(secret, sealed.subarray(length), toBound(id, bound));
}

/** How long so many bytes are once they are sealed. */
export function toSealedLength({ active }: Keyring, bytes: number): number {
  return toHeader(FORMAT, active.id).length + NONCE_BYTES + bytes + TAG_BYTES;
}

function toBound(keyId: string, bound: string): string {
  return JSON.stringify(['longhaul bytes', keyId, bound]);
}

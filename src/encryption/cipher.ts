// AES-256-GCM, as everything here uses it: a random nonce of 96 bits before the ciphertext, the whole tag of 128 bits behind
// it. Invariant: nothing is returned that the tag does not vouch for.
import { createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';
import { OperationError } from '../contract/errors.ts';

const ALGORITHM = 'aes-256-gcm';

const NONCE_BYTES = 12;

const TAG_BYTES = 16;

/**
 * A random nonce may be drawn 2^32 times for one key (NIST SP 800-38D, section 8.3).
 *
 * @param bound what the ciphertext belongs to: decrypting it as anything else fails
 */
export function encrypt(secret: KeyObject, plaintext: Uint8Array, bound: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(bound));
  return Buffer.concat([nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()]);
}

/**
 * Decrypts what `encrypt` returned.
 *
 * @throws {OperationError} `INTERNAL` when it was changed, cut, bound to something else or encrypted with another key
 */
export function decrypt(secret: KeyObject, data: Uint8Array, bound: string): Buffer {
  if (data.length < NONCE_BYTES + TAG_BYTES) throw notAuthentic();
  const nonce = data.subarray(0, NONCE_BYTES);
  const end = data.length - TAG_BYTES;
  const decipher = createDecipheriv(ALGORITHM, secret, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(data.subarray(end));
  const plaintext = decipher.update(data.subarray(NONCE_BYTES, end));
  try {
    return Buffer.concat([plaintext, decipher.final()]);
  } catch {
    throw notAuthentic();
  }
}

function notAuthentic(): OperationError {
  return new OperationError(
    'INTERNAL',
    'encrypted data is not what was written: it was changed or cut, belongs to something else, or another key has the id of its own',
  );
}

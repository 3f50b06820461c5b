// Bytes sealed with a keyring, for whatever is kept outside of Temporal: one byte for the format, one for the length of the
// key's id, the id, then nonce, ciphertext and tag. The id is there so that a ring opens what any of its keys has sealed.
import { OperationError } from '../contract/errors.ts';
import { decrypt, encrypt } from './cipher.ts';
import { KEY_ID, type Keyring } from './keyring.ts';

/** First byte of sealed bytes: the format. */
const FORMAT = 1;

/** @param bound what they belong to, for example the name of the object: they open for nothing else */
export function seal({ active }: Keyring, bytes: Uint8Array, bound: string): Buffer {
  return Buffer.concat([
    Buffer.of(FORMAT, active.id.length),
    Buffer.from(active.id, 'latin1'),
    encrypt(active.secret, bytes, toBound(active.id, bound)),
  ]);
}

/** @throws {OperationError} `INTERNAL` when the key is not there, or the bytes are not what was sealed for this */
export function open(keyring: Keyring, sealed: Uint8Array, bound: string): Buffer {
  const length = 2 + (sealed[1] ?? 0);
  const keyId = Buffer.from(sealed.subarray(2, length)).toString('latin1');
  if (sealed[0] !== FORMAT || sealed.length < length || !KEY_ID.test(keyId)) {
    throw new OperationError('INTERNAL', 'this is no sealed data, or its beginning was changed');
  }
  const { id, secret } = keyring.get(keyId);
  return decrypt(secret, sealed.subarray(length), toBound(id, bound));
}

function toBound(keyId: string, bound: string): string {
  return JSON.stringify(['longhaul bytes', keyId, bound]);
}

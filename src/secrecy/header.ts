// What sealed data begins with: one byte for its format, one for the length of the key's id, and the id.
import { OperationError } from '../contract/errors.ts';
import { KEY_ID } from './keyring.ts';

/** Longest header, in bytes. */
export const HEADER_BYTES = 66;

/** A header, as it was read. */
interface Header {
  readonly keyId: string;
  /** In bytes. */
  readonly length: number;
}

/** Writes a header. */
export function toHeader(format: number, keyId: string): Buffer {
  return Buffer.concat([Buffer.of(format, keyId.length), Buffer.from(keyId, 'latin1')]);
}

/**
 * Reads a header.
 *
 * @throws {OperationError} `INTERNAL` when the bytes do not begin with one of this format
 */
export function parseHeader(format: number, bytes: Uint8Array): Header {
  const length = 2 + (bytes[1] ?? 0);
  const keyId = Buffer.from(bytes.subarray(2, length)).toString('latin1');
  if (bytes[0] === format && bytes.length >= length && KEY_ID.test(keyId)) {
    return { keyId, length };
  }
  throw new OperationError('INTERNAL', 'this is no sealed data, or its beginning was changed');
}

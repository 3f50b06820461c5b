// Secret keys. Invariant: a key stands in an object that prints and serialises as nothing; no error shows it.
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';

/** Length of a key, in bytes: AES-256. */
const KEY_BYTES = 32;

/** Base64 of as many bytes, with its padding: what `openssl rand -base64 32` prints. */
const KEY_TEXT = /^[A-Za-z0-9+/]{43}=$/;

export function createKeyText(): string {
  return randomBytes(KEY_BYTES).toString('base64');
}

/** Reads a key; `null` when the text is not 32 bytes in Base64. */
export function parseKey(text: string): KeyObject | null {
  if (!KEY_TEXT.test(text)) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? createSecretKey(bytes) : null;
}

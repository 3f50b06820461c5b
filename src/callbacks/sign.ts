// Signatures of Standard Webhooks 1.0.0, symmetric. Invariant: an error names the reference of a secret, never the secret.
import { signMessage, type Message } from '../http/standard-webhooks.ts';

const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/** Shortest and longest key, in bytes. Source: Standard Webhooks 1.0.0, signature scheme. */
const KEY_BYTES = { least: 24, most: 64 };

/** @throws {TypeError} when it is none; the message has nothing of it */
export function toKey(secret: string): Buffer {
  const key = Buffer.from(SECRET.exec(secret)?.[1] ?? '', 'base64');
  if (key.length >= KEY_BYTES.least && key.length <= KEY_BYTES.most) return key;
  throw new TypeError(
    `expected whsec_ and the base64 of ${KEY_BYTES.least} to ${KEY_BYTES.most} random bytes`,
  );
}

/** The headers that prove who sent a body: one signature for each key, so that a receiver needs to know only one. */
export function toSignedHeaders(message: Message, keys: readonly Buffer[]): Record<string, string> {
  const signatures = keys.map((key) => signMessage(message, key));
  const { id, timestamp } = message;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}

// The idempotency key on the wire: the same text for every attempt, whatever characters the caller used.
import { hash } from 'node:crypto';

/** The header of the idempotency key, where an operation names no other, in lower case. */
export const IDEMPOTENCY_HEADER = 'idempotency-key';

const VISIBLE = /^[\x21-\x7e]{1,255}$/;

/** A key as a header can carry it: verbatim when it is visible ASCII, otherwise by its hash. */
export function toIdempotencyHeader(key: string): string {
  return VISIBLE.test(key) ? key : `h_${hash('sha256', key, 'base64url')}`;
}

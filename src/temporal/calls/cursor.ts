// The cursor of a list: Temporal's page token, or how far each lane was read, sealed with the query that it belongs to, under the key
// of the installation: any gateway of a fleet reads it, and no caller can make one. Without the seal, Temporal answers a token that is
// none as if it were busy, after ten seconds of retries, and accepts a token of another query.
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { OperationError } from '../../contract/errors.ts';

const SEAL_BYTES = 16;

export function toCursor(key: KeyObject, token: Uint8Array, query: string): string {
  return Buffer.concat([seal(key, token, query), token]).toString('base64url');
}

/** @throws {OperationError} `INVALID_PARAMETERS` when the cursor was not written for this query */
export function parseCursor(key: KeyObject, cursor: string, query: string): Uint8Array {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(SEAL_BYTES);
  const isWhole = token.length > 0 && bytes.toString('base64url') === cursor;
  if (isWhole && timingSafeEqual(bytes.subarray(0, SEAL_BYTES), seal(key, token, query)))
    return token;
  throw new OperationError(
    'INVALID_PARAMETERS',
    'cursor: send next_cursor of the page before, unchanged and with the same filters, or none to begin again',
    { details: { issues: [{ path: '/cursor', message: 'not a cursor of this list' }] } },
  );
}

function seal(key: KeyObject, token: Uint8Array, query: string): Buffer {
  return createHmac('sha256', key)
    .update(JSON.stringify(['longhaul cursor', query]))
    .update(token)
    .digest()
    .subarray(0, SEAL_BYTES);
}

// The cursor of a list: Temporal's page token, sealed with the query that it belongs to. Temporal answers a token that
// is none as if it were busy itself, after ten seconds of retries, and takes one of another query without a word.
import { createHash } from 'node:crypto';
import { OperationError } from '../contract/errors.ts';

const SEAL_BYTES = 6;

/** Writes a cursor. */
export function toCursor(token: Uint8Array, query: string): string {
  return Buffer.concat([seal(token, query), token]).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @throws {OperationError} `INVALID_PARAMETERS` when it was not written for this query
 */
export function parseCursor(cursor: string, query: string): Uint8Array {
  const bytes = Buffer.from(cursor, 'base64url');
  const token = bytes.subarray(SEAL_BYTES);
  if (token.length > 0 && toCursor(token, query) === cursor) return token;
  throw new OperationError(
    'INVALID_PARAMETERS',
    'cursor: send next_cursor of the page before, unchanged and with the same filters',
    { details: { issues: [{ path: '/cursor', message: 'not a cursor of this list' }] } },
  );
}

function seal(token: Uint8Array, query: string): Buffer {
  return createHash('sha256')
    .update(query)
    .update('\0')
    .update(token)
    .digest()
    .subarray(0, SEAL_BYTES);
}

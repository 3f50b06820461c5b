// How storage fails, as errors of the table.
import { OperationError } from '../contract/errors.ts';

/** There is no such file for this caller; the same words whatever the reason. */
export function createNotFoundError(): OperationError {
  return new OperationError(
    'FILE_NOT_FOUND',
    'no file of this caller has this uri: it is unknown, malformed or expired',
  );
}

export function createDamagedError(cause?: unknown): OperationError {
  return new OperationError(
    'FILE_DAMAGED',
    'what the storage returned is not what was stored: a file was changed or cut short, and none of it is used',
    { cause },
  );
}

export function createUnavailableError(why: string, cause?: unknown): OperationError {
  return new OperationError('STORAGE_UNAVAILABLE', `the storage of files: ${why}`, {
    retryAfterMs: 2_000,
    cause,
  });
}

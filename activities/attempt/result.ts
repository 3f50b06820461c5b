// How large a result may be. Invariant: what is too large ends the task with its size; Temporal itself would try the
// attempt again for ever.
import { OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { byteLength } from './failure.ts';

/** Whether a result has at most so many bytes, as JSON in UTF-8. */
export function fits(result: Json, maxBytes: number): boolean {
  return byteLength(result) <= maxBytes;
}

/**
 * @param maxBytes largest size as JSON in UTF-8, in bytes
 * @throws {OperationError} RESULT_TOO_LARGE, with `bytes` and `limit` in the details
 */
export function checkResult(result: Json, maxBytes: number): Json {
  const bytes = byteLength(result);
  if (bytes <= maxBytes) return result;
  throw new OperationError(
    'RESULT_TOO_LARGE',
    `the result has ${bytes} bytes; a task carries at most ${maxBytes}`,
    { details: { bytes, limit: maxBytes } },
  );
}

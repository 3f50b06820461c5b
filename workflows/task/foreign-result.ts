// What an activity of another application returned. It is taken as it came: a payload that cannot be read would fail the workflow's
// task again and again, and bytes would become an object of numbers.
import { ApplicationFailure, type RawValue } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import type { ErrorCode } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { parseJson } from '../../src/contract/json/exact-number.ts';

/** Its JSON. Fails with `OUTCOME_UNKNOWN` where it is none. */
export function readForeignResult(type: string, result: RawValue | undefined): Json {
  if (!result) return null;
  const { metadata, data } = result.payload;
  const encoding = metadata?.['encoding'] ? decode(metadata['encoding']) : 'unknown';
  switch (encoding) {
    case 'binary/null':
      return null;
    case 'json/plain':
    case 'json/protobuf':
      return parseJson(decode(data ?? new Uint8Array())) as Json;
    case 'binary/plain':
      throw refuse(type, 'it is no JSON but bytes; let the activity return JSON');
    default:
      throw refuse(type, `it is no JSON (encoding ${encoding})`);
  }
}

function refuse(activityType: string, why: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `${activityType} completed, but its result cannot be read: ${why}`,
    'OUTCOME_UNKNOWN' satisfies ErrorCode,
  );
}

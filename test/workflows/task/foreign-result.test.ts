import { expect, test } from '@jest/globals';
import { RawValue } from '@temporalio/common';
import { readForeignResult } from '../../../workflows/task/foreign-result.ts';

const read = (encoding: string, data: string) =>
  readForeignResult(
    'transcribe',
    RawValue.fromPayload({
      metadata: { encoding: Buffer.from(encoding) },
      data: Buffer.from(data),
    }),
  );

test.each([
  ['json/plain', '{"id":12345678901234567890}', '{"id":12345678901234567890}'],
  ['json/protobuf', '{"text":"hello"}', '{"text":"hello"}'],
  ['binary/null', '', 'null'],
])('a result as %s is JSON', (encoding, data, json) => {
  expect(JSON.stringify(read(encoding, data))).toBe(json);
});

test('no result is null', () => {
  expect(readForeignResult('transcribe', undefined)).toBeNull();
});

test.each([
  ['binary/plain', /it is no JSON but bytes/],
  ['binary/protobuf', /it is no JSON \(encoding binary\/protobuf\)$/],
])('a result as %s is unknown, and not tried again', (encoding, said) => {
  const message = expect.stringMatching(said);
  expect(() => read(encoding, 'x')).toThrow(
    expect.objectContaining({ type: 'OUTCOME_UNKNOWN', nonRetryable: true, message }),
  );
});

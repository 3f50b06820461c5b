import { expect, test } from '@jest/globals';
import { createRepeatedLines } from '../../src/assembly/repeated-lines.ts';

test('of lines that differ in numbers alone one a minute is written, and says how many were not', () => {
  let now = 0;
  const count = createRepeatedLines(() => now);
  expect(count('gRPC call poll retried 5 times')).toBe(0);
  expect(count('gRPC call poll retried 6 times')).toBeNull();
  expect(count('gRPC call start retried 6 times')).toBe(0);
  now = 59_999;
  expect(count('gRPC call poll retried 17 times')).toBeNull();
  now = 60_000;
  expect(count('gRPC call poll retried 18 times')).toBe(2);
  expect(count('gRPC call poll retried 19 times')).toBeNull();
});

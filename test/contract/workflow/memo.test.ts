import { expect, test } from '@jest/globals';
import { parseTaskMemo, toMemoFields, type TaskMemo } from '../../../src/contract/workflow/memo.ts';

const memo: TaskMemo = {
  operation: 'refund',
  key: 'order-1',
  fingerprint: 'f',
  createdAt: 1_000,
  totalMs: 2_000,
  waitedMs: 0,
};

test.each([true, false])('a memo is read as it was written (encrypted: %s)', (isEncrypted) => {
  expect(parseTaskMemo(toMemoFields(memo, isEncrypted))).toEqual(memo);
});

test.each([true, false])('what a workflow has added is newer (encrypted: %s)', (isEncrypted) => {
  const fields = { ...toMemoFields(memo, isEncrypted), waitedMs: 500, input: null };
  expect(parseTaskMemo(fields)).toEqual({ ...memo, waitedMs: 500 });
});

test('an encrypted memo has one field, since each grows by what encryption adds', () => {
  expect(Object.keys(toMemoFields(memo, true))).toHaveLength(1);
});

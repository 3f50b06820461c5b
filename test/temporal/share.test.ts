import { expect, test } from '@jest/globals';
import { createShare } from '../../src/temporal/share.ts';

test('callers with one key share a call while it is under way', async () => {
  const share = createShare<number>();
  let calls = 0;
  const call = async () => (calls += 1);
  expect(await Promise.all([share('a', call), share('a', call), share('b', call)])).toEqual([
    1, 1, 2,
  ]);
  expect(await share('a', call)).toBe(3);
});

test('a call that fails fails for all who share it, and for nobody after', async () => {
  const share = createShare<string>();
  const fail = async () => Promise.reject(new Error('away'));
  const both = await Promise.allSettled([share('a', fail), share('a', async () => 'never asked')]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await share('a', async () => 'back')).toBe('back');
});

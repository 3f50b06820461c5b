import { expect, test } from '@jest/globals';
import { createFreshShare, createShare } from '../../src/tasks/share.ts';

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

/** A call that is answered by hand, and how often it was made. */
function createCalls() {
  const answers: (() => void)[] = [];
  const call = async () =>
    new Promise<number>((resolve) => {
      const count = answers.push(() => {
        resolve(count);
      });
    });
  return { answers, call };
}

const turn = async () => new Promise((resolve) => setImmediate(resolve));

test('who comes while a fresh call is under way gets the answer of a later one, with all who came by then', async () => {
  const share = createFreshShare<number>();
  const { answers, call } = createCalls();
  const first = [share('a', call), share('a', call)];
  await turn();
  const second = [share('a', call), share('a', call)];
  await turn();
  expect(answers).toHaveLength(1);
  answers[0]!();
  expect(await Promise.all(first)).toEqual([1, 1]);
  await turn();
  const third = share('a', call);
  answers[1]!();
  expect(await Promise.all(second)).toEqual([2, 2]);
  await turn();
  answers[2]!();
  expect(await third).toBe(3);
  expect(answers).toHaveLength(3);
});

test('a fresh call that fails does not fail for those who came while it was under way', async () => {
  const share = createFreshShare<string>();
  const failing = share('a', async () => {
    await turn();
    await turn();
    throw new Error('away');
  });
  const later = turn().then(async () => share('a', async () => 'back'));
  const both = await Promise.allSettled([failing, later]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

import { expect, test } from '@jest/globals';
import { createSlotShare } from '../../../src/temporal/worker/slot-share.ts';

/** A worker whose attempts last until they are told to end. */
function startWorker(slots: number, share: number) {
  const guard = createSlotShare(slots, share);
  const ends: (() => void)[] = [];
  /** How many of so many attempts begin. */
  const begin = async (principal: string, count: number): Promise<number> => {
    let begun = 0;
    for (let index = 0; index < count; index += 1) {
      const attempt = guard(async () => {
        begun += 1;
        await new Promise<void>((end) => ends.push(end));
        return null;
      }, principal);
      await Promise.race([attempt, Promise.resolve()]).catch(() => undefined);
    }
    return begun;
  };
  return { begin, ends };
}

test.each([
  [50, 0.5, 25],
  [4, 0.5, 2],
  [2, 0.5, 1],
  [1, 0.5, 1],
  [50, 0.2, 10],
  [3, 0.01, 1],
])('of %i slots, at a share of %d, one principal alone takes %i', async (slots, share, taken) => {
  expect(await startWorker(slots, share).begin('alice', 100)).toBe(taken);
});

test('whoever comes later takes less, and one slot stays free for the next', async () => {
  const { begin } = startWorker(50, 0.5);
  const taken: number[] = [];
  for (const principal of ['a', 'b', 'c', 'd', 'e']) taken.push(await begin(principal, 100));
  expect(taken).toEqual([25, 13, 6, 3, 2]);
});

test('an attempt that ends makes room again', async () => {
  const { begin, ends } = startWorker(4, 0.5);
  expect(await begin('alice', 3)).toBe(2);
  ends[0]!();
  await new Promise(setImmediate);
  expect(await begin('alice', 3)).toBe(1);
});

test('an attempt over the share says so, for its task to come again', async () => {
  const guard = createSlotShare(1, 0.5);
  void guard(async () => new Promise(() => undefined), 'alice');
  await expect(guard(async () => null, 'alice')).rejects.toMatchObject({
    type: 'ATTEMPT_PUT_OFF',
    message: expect.stringContaining('limits.runningShare'),
    details: [{ code: 'RATE_LIMITED' }],
  });
});

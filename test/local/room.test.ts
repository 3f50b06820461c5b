import { expect, test } from '@jest/globals';
import { checkRoom } from '../../src/local/room.ts';

const look = (blocks: number, bavail: number) => async () =>
  Promise.resolve({ blocks, bavail, bsize: 4096 });

test('a disk that is full is named, with what is left and a way out', async () => {
  await expect(checkRoom('/data', look(6_000, 500))).rejects.toThrow(
    'the disk of /data is full, 2 MB are left; make room there, or name another folder: --data-dir',
  );
});

test.each([
  ['has room', 1e6, 1e5],
  ['tells no size', 0, 0],
])('a disk that %s will do', async (_, blocks, bavail) => {
  await expect(checkRoom('/data', look(blocks, bavail))).resolves.toBeUndefined();
});

test('this machine tells its size', async () => {
  await expect(checkRoom('.')).resolves.toBeUndefined();
});

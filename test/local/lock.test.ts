import { readdir, readFile, readlink, symlink, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { withLock } from '../../src/local/lock.ts';
import { startChild } from '../support/processes/child.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const CONTENDER = new URL('lock-contender.ts', import.meta.url);

test('of many processes that race, one at a time is under the lock', async () => {
  await using directory = await createTemporaryDirectory();
  const [lock, counter] = [join(directory.path, 'lock'), join(directory.path, 'counter')];
  await writeFile(counter, '0');
  const contenders = Array.from({ length: 5 }, () => startChild(CONTENDER, [lock, counter, '40']));
  for (const contender of contenders) expect(await contender.exit).toMatchObject({ code: 0 });
  expect(await readFile(counter, 'utf8')).toBe('200');
});

test('processes that race for the lock of a killed one lose no count either', async () => {
  await using directory = await createTemporaryDirectory();
  const [lock, counter] = [join(directory.path, 'lock'), join(directory.path, 'counter')];
  await writeFile(counter, '0');
  for (let round = 1; round <= 3; round += 1) {
    await using holder = startChild(CONTENDER, [lock, counter, '0']);
    expect(await holder.line()).toBe('held');
    const contenders = Array.from({ length: 3 }, () => startChild(CONTENDER, [lock, counter, '5']));
    holder.kill('SIGKILL');
    for (const contender of contenders) expect(await contender.exit).toMatchObject({ code: 0 });
    expect(await readFile(counter, 'utf8')).toBe(String(round * 15));
  }
});

test('a lock that a live process keeps is waited for, and in the end reported with its holder', async () => {
  await using directory = await createTemporaryDirectory();
  const lock = join(directory.path, 'lock');
  await using holder = startChild(CONTENDER, [lock, '', '0']);
  await holder.line();
  const waitedFor: number[] = [];
  const blocked = withLock(lock, async () => undefined, {
    limitMs: 200,
    onWait: (pid) => waitedFor.push(pid),
  });
  await expect(blocked).rejects.toThrow(`process ${holder.pid} has held the lock`);
  expect(waitedFor).toEqual([holder.pid]);
});

test('a waiting process can give up', async () => {
  await using directory = await createTemporaryDirectory();
  const abort = new AbortController();
  await withLock(directory.path, async () => {
    const waiting = withLock(directory.path, async () => undefined, { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    await expect(waiting).rejects.toThrow(/changed my mind|aborted/);
  });
});

test('the lock is free again after a failure under it', async () => {
  await using directory = await createTemporaryDirectory();
  const failing = withLock(directory.path, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(await withLock(directory.path, async () => 'yes')).toBe('yes');
});

test.each([
  ['a process that is gone', '999999999 1'],
  ['a process whose id has been reused', `${process.pid} long-ago`],
  ['nothing readable', 'rubbish'],
])('a ticket of %s holds nothing', async (_, target) => {
  await using directory = await createTemporaryDirectory();
  const lock = join(directory.path, 'lock');
  await mkdir(lock);
  await symlink(target, join(lock, '7'));
  await writeFile(join(lock, 'notes.txt'), 'not a ticket');
  expect(await withLock(lock, () => readlink(join(lock, '8')))).toMatch(`${process.pid} `);
  expect((await readdir(lock)).sort()).toEqual(['9', 'notes.txt']);
});

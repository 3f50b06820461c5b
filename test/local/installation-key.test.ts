import { readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openInstallationKey } from '../../src/local/installation-key.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

test('everybody on a data directory gets one key, for its owner alone, whoever comes first', async () => {
  await using directory = await createTemporaryDirectory();
  const keys = await Promise.all(
    Array.from({ length: 20 }, async () => openInstallationKey(directory)),
  );
  keys.push(await openInstallationKey(directory));
  expect(keys.every((key) => key.equals(keys[0]!))).toBe(true);
  expect(await readdir(directory.path)).toEqual(['installation.key']);
  const { mode } = await stat(join(directory.path, 'installation.key'));
  expect((mode & 0o777).toString(8)).toBe('600');
});

test('two data directories have two keys', async () => {
  await using one = await createTemporaryDirectory();
  await using other = await createTemporaryDirectory();
  expect((await openInstallationKey(one)).equals(await openInstallationKey(other))).toBe(false);
});

test('a file that holds no key is refused, and never replaced', async () => {
  await using directory = await createTemporaryDirectory();
  await writeFile(join(directory.path, 'installation.key'), '');
  await expect(openInstallationKey(directory)).rejects.toThrow(/installation\.key holds no key/);
});

// The map of the tests, and the list of those that begin first, name what is there.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../', import.meta.url);
const names = async (folder: string) =>
  (await readdir(new URL(folder, root), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${name}/`);

test('the map of the tests has a line for every group of support, and names only what exists', async () => {
  const map = await readFile(new URL('README.md', root), 'utf8');
  const [before = '', after = ''] = map.split('## support/');
  const groups = [...after.matchAll(/^\| `(\w+\/)`/gm)].map(([, name]) => name);
  expect(groups.toSorted()).toEqual((await names('support')).toSorted());
  const paths = [...before.matchAll(/`((?:support\/)?[\w-]+\/[\w./-]*)`/g)].map(
    ([, path]) => path!,
  );
  expect(paths.length).toBeGreaterThan(10);
  expect(paths.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
});

test('the files that begin first exist', async () => {
  const long = await readFile(new URL('support/runner/long-files.json', root), 'utf8');
  const files = JSON.parse(long) as readonly string[];
  expect(files.filter((file) => !existsSync(new URL(`${file}.test.ts`, root)))).toEqual([]);
});

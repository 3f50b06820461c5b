// A page that says which file to open is of use as long as the files are there.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

test.each(['docs/architecture.md', 'docs/temporal.md'])(
  '%s names only files and folders that exist',
  async (page) => {
    const text = await readFile(new URL(page, root), 'utf8');
    const names = [...text.matchAll(/`((?:src|workflows|activities|test|tools)\/[\w./-]+)`/g)];
    expect(names.length).toBeGreaterThan(0);
    const missing = names
      .map(([, name = '']) => name)
      .filter((name) => !existsSync(new URL(name, root)));
    expect(missing).toEqual([]);
  },
);

test('the architecture has a line for every folder of the source', async () => {
  const text = await readFile(new URL('docs/architecture.md', root), 'utf8');
  const rows = [...text.matchAll(/^\| `src\/([\w-]+)`/gm)].map(([, name]) => name);
  const entries = await readdir(new URL('src', root), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  expect(rows.toSorted()).toEqual(folders.toSorted());
});

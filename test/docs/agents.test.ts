// What the page shows is what runs: every listing stands in the file that it names.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

test('docs/agents.md shows lines of the files that it names', async () => {
  const page = await readFile(new URL('docs/agents.md', root), 'utf8');
  const listings = [...page.matchAll(/```ts\n\/\/ (\S+)\n([^]*?)```/g)];
  expect(listings).toHaveLength(page.match(/```ts/g)!.length);
  for (const [, file = '', listing = ''] of listings) {
    const source = await readFile(new URL(file, root), 'utf8');
    const unindented = source.replace(/^ +/gm, '');
    expect([file, unindented]).toEqual([
      file,
      expect.stringContaining(listing.replace(/^ +/gm, '')),
    ]);
  }
});

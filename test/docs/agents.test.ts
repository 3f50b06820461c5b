// What the pages show is what runs: every listing stands in the file that it names.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

test.each([
  ['docs/agents.md', 'ts'],
  ['docs/agents/README.md', 'python'],
])('%s shows lines of the files that it names', async (path, language) => {
  const page = await readFile(new URL(path, root), 'utf8');
  const fence = `\`\`\`${language}\n`;
  const listings = [...page.matchAll(new RegExp(`${fence}(?://|#) (\\S+)\n([^]*?)\`\`\``, 'g'))];
  expect(listings).toHaveLength(page.split(fence).length - 1);
  expect(listings).not.toEqual([]);
  for (const [, file = '', listing = ''] of listings) {
    const source = await readFile(new URL(file, root), 'utf8');
    const unindented = source.replace(/^ +/gm, '');
    expect([file, unindented]).toEqual([
      file,
      expect.stringContaining(listing.replace(/^ +/gm, '')),
    ]);
  }
});

test('the versions that docs/agents/README.md names are those that are run', async () => {
  const page = await readFile(new URL('docs/agents/README.md', root), 'utf8');
  const rows = [...page.matchAll(/^\| \[.*?\]\((\w+)\/agent\.py\) *\| ([^|]+) \|/gm)];
  expect(rows).toHaveLength(3);
  for (const [, folder = '', versions = ''] of rows) {
    const url = new URL(`docs/agents/${folder}/requirements.txt`, root);
    const pinned = (await readFile(url, 'utf8')).split('\n');
    const named = versions.trim().split(', ');
    expect(pinned).toEqual(expect.arrayContaining(named.map((one) => one.replace(' ', '=='))));
  }
});

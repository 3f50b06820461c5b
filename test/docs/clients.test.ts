// docs/clients.md against the tests: what it says of clients in general is held by the tests that it names.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

describe('docs/clients.md', () => {
  test('names for each habit of clients a test that cites its number', async () => {
    const page = await readFile(new URL('docs/clients.md', root), 'utf8');
    const rows = [...page.matchAll(/^\| +(\d+) \|.*\| ([^|]+?) +\|$/gm)];
    expect(rows.map(([, number]) => Number(number))).toEqual(
      Array.from({ length: 34 }, (_, index) => index + 1),
    );
    for (const [, number = '', file = ''] of rows.filter(([, , file]) => file !== '–')) {
      const text = await readFile(new URL(file, root), 'utf8');
      const cited = [...text.matchAll(/clients\.md ([\d, ]+)/g)].flatMap(([, list = '']) =>
        list.split(',').map((one) => one.trim()),
      );
      expect([file, ...cited]).toContain(number);
    }
  });
});

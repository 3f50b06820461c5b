// UPDATE_DOCS=1 writes the table of the page anew.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { renderErrorsPage } from '../../tools/docs/errors-page.ts';

const PAGE = new URL('../../docs/errors.md', import.meta.url);

describe('docs/errors.md', () => {
  test('has every code, with its meaning and what the agent is told', async () => {
    const page = await readFile(PAGE, 'utf8');
    const rendered = renderErrorsPage(page);
    if (process.env['UPDATE_DOCS']) await writeFile(PAGE, rendered);
    expect(process.env['UPDATE_DOCS'] ? rendered : page).toBe(rendered);
  });
});

// UPDATE_DOCS=1 writes the tables of the page anew.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import { KINDS } from '../../src/operations/kinds/index.ts';
import { renderOperationsPage } from '../../tools/docs/operations-page.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const PAGE = new URL('../../docs/operations.md', import.meta.url);

describe('docs/operations.md', () => {
  test.each(KINDS)('has a table of kind $kind', async ({ kind }) => {
    expect(await readFile(PAGE, 'utf8')).toContain(`<!-- keys: ${kind} -->`);
  });

  test('has the tables that the schemas have', async () => {
    const page = await readFile(PAGE, 'utf8');
    const rendered = renderOperationsPage(page);
    if (process.env['UPDATE_DOCS']) await writeFile(PAGE, rendered);
    expect(process.env['UPDATE_DOCS'] ? rendered : page).toBe(rendered);
  });

  test('shows configurations that load', async () => {
    const page = await readFile(PAGE, 'utf8');
    const files = [...page.matchAll(/```yaml\n(operations:\n[^]*?)```/g)].map(
      ([, content]) => content,
    );
    expect(files).toHaveLength(6);
    for (const content of files) {
      await using workspace = await createWorkspace({ 'longhaul.config.yaml': content ?? '' });
      const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
      expect(config.operations).toHaveLength(1);
    }
  });
});

// UPDATE_DOCS=1 writes the tables of the page anew.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import { groupNames, renderConfigurationPage } from '../../tools/docs/configuration-page.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const PAGE = new URL('../../docs/configuration.md', import.meta.url);

describe('docs/configuration.md', () => {
  test('has the tables that the schema has', async () => {
    const page = await readFile(PAGE, 'utf8');
    const rendered = renderConfigurationPage(page);
    if (process.env['UPDATE_DOCS']) await writeFile(PAGE, rendered);
    expect(process.env['UPDATE_DOCS'] ? rendered : page).toBe(rendered);
  });

  test('has a table for every group', async () => {
    const page = await readFile(PAGE, 'utf8');
    const shown = [...page.matchAll(/<!-- options: (\w+) -->/g)].map(([, group]) => group);
    expect(shown.sort()).toEqual(groupNames().sort());
  });

  test('shows files that load', async () => {
    const page = await readFile(PAGE, 'utf8');
    const examples = [...page.matchAll(/```(\w+) title=(longhaul\.config\.\w+)\n([^]*?)```/g)];
    expect(examples.map(([, , file]) => file)).toEqual([
      'longhaul.config.yaml',
      'longhaul.config.ts',
    ]);
    for (const [, , file = '', content = ''] of examples) {
      // The runner resolves packages from the file's folder, so the one import is replaced by its meaning.
      const code = content.replace(
        /import \{[^}]*\} from 'longhaul';/,
        'const defineConfig = (c) => c;',
      );
      await using workspace = await createWorkspace({ [file]: code });
      const { directory } = workspace;
      const config = await loadConfig({ workingDirectory: directory, env: { STAGE: 'test' } });
      expect(config.operations).not.toHaveLength(0);
    }
  });
});

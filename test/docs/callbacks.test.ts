// The page about callbacks shows the example as it is, and a configuration that loads.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

test('docs/callbacks.md shows the receiver of the example', async () => {
  const page = await read('docs/callbacks.md');
  const [, shown = ''] = /```ts\n([^]*?)```/.exec(page) ?? [];
  expect(shown).toContain('webhook.verify');
  expect(await read('examples/callbacks/receiver.ts')).toContain(shown.trim());
});

test('docs/callbacks.md shows the configuration of the example, and it loads', async () => {
  const page = await read('docs/callbacks.md');
  const [, shown = ''] = /```yaml title=callbacks\n([^]*?)```/.exec(page) ?? [];
  expect(await read('examples/callbacks/longhaul.config.yaml')).toContain(shown.trim());
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': shown });
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  expect(config.callbacks.allow).toEqual(['http://127.0.0.1:8787']);
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { createResolved } from '../../src/assembly/resolved.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createKeyText } from '../../src/encryption/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const log = { warn: () => undefined };
const CONFIG = 'encryption: { keys: [{ id: a, key: file:key }], nameKey: file:key }';

test('keys are read once: all parts of a process go by the same, whatever the file says later', async () => {
  await using workspace = await createWorkspace({
    'longhaul.config.yaml': CONFIG,
    key: createKeyText(),
  });
  const { directory } = workspace;
  const config = await loadConfig({ workingDirectory: directory, env: {} });
  const resolved = createResolved({ env: {} }, config, log);
  const [first, beside] = await Promise.all([resolved.keys(), resolved.keys()]);
  expect(beside).toBe(first);
  await writeFile(join(directory, 'key'), createKeyText());
  expect(await resolved.keys()).toBe(first);
});

test('keys that could not be read are read again', async () => {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': CONFIG });
  const { directory } = workspace;
  const config = await loadConfig({ workingDirectory: directory, env: {} });
  const resolved = createResolved({ env: {} }, config, log);
  await expect(resolved.keys()).rejects.toThrow('key');
  await writeFile(join(directory, 'key'), createKeyText(), { mode: 0o600 });
  expect((await resolved.keys()).encryption?.keyring.active.id).toBe('a');
});

test('the address of Temporal is read once, also where there is none', async () => {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': '{}' });
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const env: Record<string, string> = {};
  const resolved = createResolved({ env }, config, log);
  expect(resolved.address()).toBeNull();
  env['TEMPORAL_ADDRESS'] = 'there:7233';
  expect(resolved.address()).toBeNull();
  const other = createResolved({ env }, config, log);
  expect(other.address()?.connectionOptions.address).toBe('there:7233');
});

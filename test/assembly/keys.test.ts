import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { codec } from '../../src/commands/codec.ts';
import { createKey } from '../../src/commands/key.ts';
import { createResolved } from '../../src/assembly/resolved.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createKeyText } from '../../src/encryption/index.ts';
import { createTestContext } from '../support/processes/command-context.ts';
import { createWorkspace } from '../support/files/workspace.ts';

const log = { warn: () => undefined };
const A = createKeyText();
const B = createKeyText();
const CONFIG = `
encryption:
  keys:
    - { id: new, key: env:NEW }
    - { id: old, key: "\${file:keys/old}" }
  nameKey: env:NAMES
`;

async function load(env: Record<string, string>, old = `${B}\n`, config = CONFIG) {
  await using workspace = await createWorkspace({
    'longhaul.config.yaml': config,
    'keys/old': old,
  });
  const loaded = await loadConfig({ workingDirectory: workspace.directory, env });
  const { keys, keyring } = createResolved({ env }, loaded, log);
  return { encryption: (await keys()).encryption, keyring: await keyring() };
}

describe('the keys of a process', () => {
  test('are not read from a file that others could have written', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': CONFIG,
      'keys/old': B,
    });
    const env = { NEW: A, NAMES: A };
    const config = await loadConfig({ workingDirectory: workspace.directory, env });
    const file = join(workspace.directory, 'keys/old');
    await chmod(file, 0o666);
    await expect(createResolved({ env }, config, log).keys()).rejects.toThrow(
      `encryption.keys[1].key: ${file} can be changed by other users; chmod go-w ${file}`,
    );
  });

  test('are read where the configuration says, the first to encrypt and all to decrypt', async () => {
    const { encryption, keyring } = await load({ NEW: A, NAMES: createKeyText() });
    expect(encryption?.keyring.active.id).toBe('new');
    expect(encryption?.keyring.get('old').secret.export().toString('base64')).toBe(B);
    expect(keyring?.active.id).toBe('new');
  });

  test('are none where none are configured', async () => {
    await expect(load({}, '', 'encryption: {}')).resolves.toEqual({
      encryption: null,
      keyring: null,
    });
  });

  test.each([
    ['a variable that is not set', { NAMES: A }, B, 'env:NEW'],
    [
      'a key that is too short',
      { NEW: 'c2hvcnQ=', NAMES: A },
      B,
      'encryption.keys[0].key: what env:NEW leads to is not 32 bytes in Base64',
    ],
    [
      'a file with something else',
      { NEW: A, NAMES: A },
      'geheim',
      'encryption.keys[1].key: what ${file:keys/old} leads to',
    ],
    [
      'no key for names',
      { NEW: A, NAMES: 'geheim' },
      B,
      'encryption.nameKey: what env:NAMES leads to',
    ],
  ])('are refused with %s, which is not shown', async (_, env, old, message) => {
    const refused = await load(env as never, old).catch(String);
    expect(refused).toContain(message);
    expect(refused).not.toMatch(/c2hvcnQ=|geheim/);
  });

  test.each([
    [
      'a key itself',
      `encryption: { keys: [{ id: a, key: ${A} }], nameKey: env:N }`,
      'encryption.keys[0].key: expected a reference, env:NAME or file:path, never a key itself, got a string',
    ],
    [
      'an id twice',
      'encryption: { keys: [{ id: a, key: env:A }, { id: a, key: env:B }], nameKey: env:N }',
      'encryption.keys[1].id: expected an id that no other key has',
    ],
    [
      'an id with a space',
      'encryption: { keys: [{ id: "a b", key: env:A }], nameKey: env:N }',
      'encryption.keys[0].id: expected a name',
    ],
    [
      'no key for names',
      'encryption: { keys: [{ id: a, key: env:A }] }',
      'encryption.nameKey: expected a reference, since there are encryption.keys',
    ],
    [
      'an origin with a path',
      'encryption: { codecOrigins: ["https://ui.example.com/x"] }',
      'encryption.codecOrigins[0]: expected an origin',
    ],
  ])('are refused in a configuration with %s', async (_, config, message) => {
    const refused = await load({}, B, config).catch(String);
    expect(refused).toContain(message);
    expect(refused).not.toContain(A);
  });
});

test('the key of the installation follows from the key for names, also where nothing is encrypted', async () => {
  const load = async (config: string, env: Record<string, string> = {}) => {
    await using workspace = await createWorkspace({ 'longhaul.config.yaml': config });
    const loaded = await loadConfig({ workingDirectory: workspace.directory, env });
    return (await createResolved({ env }, loaded, log).keys()).installationKey;
  };
  const config = 'encryption: { nameKey: env:NAMES }';
  const key = await load(config, { NAMES: A });
  expect(key?.export().toString('base64')).not.toBe(A);
  expect((await load(config, { NAMES: A }))?.equals(key!)).toBe(true);
  expect((await load(config, { NAMES: B }))?.equals(key!)).toBe(false);
  expect(await load('encryption: {}')).toBeNull();
  await expect(load(config)).rejects.toThrow('env:NAMES');
});

test('a key is made, and printed alone', () => {
  const context = createTestContext('/');
  expect(createKey(context)).toBe(0);
  expect(context.output()).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
  expect(context.errors()).toContain('shown this once');
});

test.each([
  ['keys', 'encryption: {}', 'encryption.keys is empty'],
  [
    'a token file',
    'encryption: { keys: [{ id: a, key: env:A }], nameKey: env:N }',
    'longhaul token add',
  ],
])('the codec server does not start without %s', async (_, config, message) => {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': config });
  const context = createTestContext(workspace.directory, { A });
  await expect(codec(context, {})).rejects.toThrow(message);
});

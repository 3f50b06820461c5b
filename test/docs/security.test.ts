// The pages on security: what they name exists, and the configurations that they show open a gate.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { createConfiguredRegistry } from '../../src/commands/configuration.ts';
import { openGate } from '../../src/commands/gate.ts';
import { loadConfig } from '../../src/config/index.ts';
import { createWorkspace } from '../support/workspace.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (page: string) => readFile(new URL(page, ROOT), 'utf8');

test.each(['SECURITY.md', 'docs/security.md'])('%s names only files that exist', async (page) => {
  const text = await read(page);
  const names = [...text.matchAll(/`((?:src|test)\/[\w./-]+)`/g)].map(([, name = '']) => name);
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter((name) => !existsSync(new URL(name, ROOT)))).toEqual([]);
});

test('every threat has something that stops it and a test, or the place where it is', async () => {
  const rows = [...(await read('SECURITY.md')).matchAll(/^\| (?!who |-)(.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(15);
  for (const [, row = ''] of rows) {
    const [threat, stops, proof, ...more] = row.split(' | ').map((cell) => cell.trim());
    expect([threat, more]).toEqual([threat, []]);
    expect(stops).not.toBe('');
    expect(proof).toMatch(/`(test|src)\//);
  }
});

describe('docs/security.md', () => {
  test.each([
    ['tokens', null],
    ['oauth', 'https://longhaul.example.com/.well-known/oauth-protected-resource/mcp'],
    ['scopes', null],
  ])('shows a configuration that works (%s)', async (title, metadataUrl) => {
    const block = new RegExp(`\`\`\`yaml title=${title}\n([^]*?)\`\`\``).exec(
      await read('docs/security.md'),
    );
    const content = block?.[1] ?? '';
    const indent = /^ */.exec(content)?.[0] ?? '';
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': content.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
      'longhaul.tokens': '',
    });
    const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
    const log = { warn: () => undefined };
    const gate = await openGate({ env: {} }, config, createConfiguredRegistry(config), log);
    expect(gate?.metadata?.url ?? null).toBe(metadataUrl);
  });
});

// The pages on security: what they name exists, and the configurations that they show open a gate.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { openGate } from '../../src/assembly/gate.ts';
import { loadConfig } from '../../src/config/index.ts';
import { freePort } from '../../src/local/ports.ts';
import { send, startGateway } from '../support/gateways/http-gateway.ts';
import { createWorkspace } from '../support/files/workspace.ts';

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

/** The code block of this title, without its indentation. */
async function readBlock(language: string, title: string): Promise<string> {
  const block = new RegExp(`\`\`\`${language} title=${title}\n([^]*?)\`\`\``);
  const content = block.exec(await read('docs/security.md'))?.[1] ?? '';
  const indent = /^ */.exec(content)?.[0] ?? '';
  return content.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

/** Opens the gate of a configuration. */
async function open(configuration: string) {
  await using workspace = await createWorkspace({
    'longhaul.config.yaml': configuration,
    'longhaul.tokens': '',
  });
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  const log = { warn: () => undefined };
  return await openGate(async () => '', config, createConfiguredRegistry(config), log);
}

describe('docs/security.md', () => {
  test('brings a token of a real authorization server to a call, word for word', async () => {
    const ports = { 9400: await freePort(), 7400: await freePort() };
    const here = (text: string) =>
      text.replaceAll('9400', String(ports[9400])).replaceAll('7400', String(ports[7400]));
    const code = here(await readBlock('js', 'authorization-server.mjs'));
    const server = spawn(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: fileURLToPath(ROOT),
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      expect(String(await once(server.stdout, 'data'))).toContain('is ready');
      const gate = await open(here(await readBlock('yaml', 'try')));
      await using running = await startGateway({ port: ports[7400], gate });
      const script = here(await readBlock('sh', 'try'));
      const { stdout } = await promisify(execFile)('sh', ['-c', script]);
      expect(stdout).toContain('"operations"');
      expect((await send(running.url, {})).status).toBe(401);
    } finally {
      server.kill('SIGKILL');
    }
  });

  test.each([
    ['tokens', null],
    ['oauth', 'https://longhaul.example.com/.well-known/oauth-protected-resource/mcp'],
    ['scopes', null],
    ['answers', null],
    ['limits', null],
    ['encryption', null],
    ['codec', null],
  ])('shows a configuration that works (%s)', async (title, metadataUrl) => {
    const gate = await open(await readBlock('yaml', title));
    expect(gate?.metadata?.url ?? null).toBe(metadataUrl);
  });
});

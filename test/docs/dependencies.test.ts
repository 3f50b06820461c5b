// Every dependency has its line in docs/dependencies.md, with the licence that the package states.
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(new URL(path, root), 'utf8')) as Record<string, unknown>;
}

describe('docs/dependencies.md', () => {
  test('has a line for each dependency, and none for what is not one', async () => {
    const page = await readFile(new URL('docs/dependencies.md', root), 'utf8');
    const lines = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, name]) => name);
    const { dependencies, devDependencies } = await readJson('package.json');
    const names = Object.keys({ ...(dependencies as object), ...(devDependencies as object) });
    expect(lines.sort()).toEqual(names.sort());
  });

  test('names the licence that each package states', async () => {
    const page = await readFile(new URL('docs/dependencies.md', root), 'utf8');
    const lines = [...page.matchAll(/^\| `([^`]+)` +\| ([^|]+?) +\|/gm)];
    expect(lines.length).toBeGreaterThan(30);
    for (const [, name = '', licence] of lines) {
      const manifest = await readJson(`node_modules/${name}/package.json`);
      expect([name, licence]).toEqual([name, manifest['license']]);
    }
  });
});

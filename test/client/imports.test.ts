// What `longhaul/client` brings along: itself and the contract, so that an agent's program stays small.
import { readFile } from 'node:fs/promises';
import { expect, test } from '@jest/globals';

const root = new URL('../../', import.meta.url);

/** Every file that a file leads to, types included, and every package. */
async function walk(path: string, seen = new Set<string>()): Promise<ReadonlySet<string>> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const source = await readFile(new URL(path, root), 'utf8');
  for (const [, specifier = ''] of source.matchAll(/(?:from|import)\s*\(?['"]([^'"]+)['"]/g)) {
    if (!specifier.startsWith('.')) seen.add(specifier);
    else await walk(new URL(specifier, new URL(path, root)).href.slice(root.href.length), seen);
  }
  return seen;
}

test('it leads to nothing but itself and the contract', async () => {
  const reached = [...(await walk('src/client/index.ts'))];
  expect(reached.length).toBeGreaterThan(10);
  expect(reached.filter((name) => !/^src\/(client|contract)\//.test(name))).toEqual([]);
});

test('the walk sees what another entry point brings along', async () => {
  const reached = [...(await walk('src/mcp/stdio/gateway.ts'))];
  expect(reached.some((name) => name.startsWith('@modelcontextprotocol/'))).toBe(true);
});

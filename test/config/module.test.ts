import { describe, expect, test } from '@jest/globals';
import { loadConfig, type LoadedConfig } from '../../src/config/load/load.ts';
import { loadInNode } from './load-in-node.ts';
import { createWorkspace } from '../support/files/workspace.ts';

async function load(code: string, env: Record<string, string> = {}): Promise<LoadedConfig> {
  await using workspace = await createWorkspace({ 'longhaul.config.ts': code });
  return await loadConfig({
    workingDirectory: workspace.directory,
    env,
    reservedNames: new Set(['list_operations']),
  });
}

describe('a configuration in code', () => {
  test.each([
    ['an object', 'const port: number = 1; export default { server: { port } };'],
    ['a promise', 'export default Promise.resolve({ server: { port: 1 } });'],
    [
      'a function of the environment',
      'export default (env) => ({ server: { port: Number(env.ONE) } });',
    ],
    ['a function that returns a promise', 'export default async () => ({ server: { port: 1 } });'],
  ])('may be %s', async (_, code) => {
    expect((await load(code, { ONE: '1' })).server.port).toBe(1);
  });

  test.each([
    [
      'no default export',
      'export const config = {};',
      'expected a default export: export default defineConfig({ … })',
    ],
    ['a failure', 'throw new Error("no luck");', 'cannot be run: no luck'],
    [
      'a wrong option',
      'export default { server: { port: "1" } };',
      'server.port: expected a whole number from 0 to 65535, got "1"',
    ],
    ['a wrong value', 'export default 5;', 'expected an object, got 5'],
    [
      'a polluting key',
      'export default JSON.parse(\'{"server":{"__proto__":{}}}\');',
      'server.__proto__: a key of this name is refused',
    ],
    [
      'a function among the options',
      'export default { server: { host: () => "a" } };',
      'server.host: expected text that is not empty, got a function',
    ],
  ])('with %s is refused by name', async (_, code, complaint) => {
    await expect(load(code)).rejects.toThrow(`\n  longhaul.config.ts: ${complaint}`);
  });

  test('may hold operations made in code, in a list or under their names', async () => {
    const one = `{ name: 'one', description: 'd', inputSchema: {}, outputSchema: null, policy: {}, idempotent: false,
      accept: () => ({}), steps: { kind: 'run', run: async () => null } }`;
    const listed = await load(`export default { operations: [${one}] };`);
    const named = await load(`export default { operations: { one: ${one} } };`);
    expect([listed, named].map(({ operations }) => operations.map(({ name }) => name))).toEqual([
      ['one'],
      ['one'],
    ]);
    await expect(load(`export default { operations: { two: ${one} } };`)).rejects.toThrow(
      'operations.two: expected the operation\'s own name, "one", as key',
    );
    await expect(load(`export default { operations: [${one}, ${one}] };`)).rejects.toThrow(
      '\n  longhaul.config.ts: operations[1]: the name "one" is used twice',
    );
    await expect(
      load(`export default { operations: [{ ...${one}, name: 'list_operations' }] };`),
    ).rejects.toThrow('operations[0]: the name is reserved');
  });
});

describe('as Node itself runs it', () => {
  const configuration = `
    import { defineConfig, defineOperation } from 'longhaul';
    import * as z from 'zod';
    import { port } from './port.ts';
    const echo = defineOperation({
      name: 'echo', description: 'Echoes.', input: z.strictObject({ text: z.string() }), run: ({ text }) => text,
    });
    export default defineConfig({ server: { port }, operations: { echo } });`;
  test.each([
    ['in a folder without packages', null],
    ['in a CommonJS package', '{ "type": "commonjs" }'],
    ['in a package of no declared type', '{}'],
  ])('TypeScript finds longhaul and zod, and is a module, %s', async (_, manifest) => {
    await using workspace = await createWorkspace({
      'longhaul.config.ts': configuration,
      'port.ts': 'export const port: number = 8123;',
      ...(manifest !== null && { 'package.json': manifest }),
    });
    expect(await loadInNode(workspace.directory)).toEqual({
      port: 8123,
      operations: [{ name: 'echo', kind: 'run' }],
      stderr: '',
    });
  });
});

// What runs in the workflow sandbox: replay depends on every line of it, so it holds nothing that need not be there.
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { workflowBundle } from '../support/runner/workflow-bundle.ts';

let code: string;
let modules: string[];
beforeAll(async () => {
  code = await readFile(workflowBundle().codePath, 'utf8');
  modules = [...code.matchAll(/^\/\*\*\*\/ "([^"]+)"/gm)].map(([, name]) => name!);
});

test('holds the workflow and the contract', () => {
  expect(modules).toEqual(
    expect.arrayContaining(['./workflows/index.ts', './src/contract/errors.ts']),
  );
});

test('holds nothing else of ours', () => {
  const ours = modules.filter((name) => /^\.\/(src|activities|workflows)\//.test(name));
  expect(ours.filter((name) => !/^\.\/(src\/contract|workflows)\//.test(name))).toEqual([]);
});

test('holds no package but what the SDK has for workflows', () => {
  const packages = modules
    .map((name) => /^\.\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(name)?.[1])
    .filter((name) => name !== undefined);
  expect([...new Set(packages)].sort()).toEqual([
    '@temporalio/common',
    '@temporalio/workflow',
    'long',
    'ms',
    'nexus-rpc',
  ]);
});

test('uses none of the globals that it takes away', async () => {
  const source = await readFile(
    new URL('../../workflows/unused-globals.ts', import.meta.url),
    'utf8',
  );
  const names = [...source.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
  expect(names).toContain('Intl');
  const [running = ''] = code.split('//# sourceMappingURL');
  const used = names.filter(
    (name) => (running.match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0) > 1,
  );
  expect(used).toEqual([]);
});

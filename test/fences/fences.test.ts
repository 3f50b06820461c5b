// The fences between folders, tried with imports that break them.
import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

let eslint: ESLint;
beforeAll(() => {
  eslint = new ESLint({
    overrideConfig: [tseslint.configs.disableTypeChecked],
    ruleFilter: ({ ruleId }) =>
      [
        '@typescript-eslint/no-restricted-imports',
        'no-restricted-properties',
        'no-restricted-syntax',
        'no-console',
      ].includes(ruleId),
  });
});

/** What ESLint says of a file with this text. */
const judge = async (filePath: string, text: string): Promise<string[]> => {
  const [result] = await eslint.lintText(`${text}\n`, { filePath });
  return result!.messages.map(({ message }) => message);
};
const judgeImport = async (folder: string, specifier: string): Promise<string[]> =>
  judge(
    `${folder}/some.ts`,
    `import type { Some } from '${specifier}';\nexport type Other = Some;`,
  );

/** Folder → what it may import, and what it may not. */
const fences = {
  'src/contract': {
    may: ['./json.ts'],
    mayNot: [
      '../operations/define.ts',
      '../tasks/service.ts',
      'zod',
      'node:fs',
      '@temporalio/common',
    ],
  },
  'src/config': {
    may: ['../contract/json.ts', '../operations/define.ts', 'zod', 'yaml', 'node:fs'],
    mayNot: [
      '../assembly/faces.ts',
      '../commands/dev.ts',
      '../cli.ts',
      '@temporalio/client',
      'undici',
    ],
  },
  'src/operations': {
    may: ['../contract/json.ts', '../http/client.ts', './kinds/index.ts', 'zod', 'node:crypto'],
    mayNot: [
      '../config/index.ts',
      '../mcp/server.ts',
      '../temporal/worker/worker.ts',
      '../../activities/index.ts',
      '@modelcontextprotocol/server',
      '@temporalio/activity',
      'undici',
    ],
  },
  'src/limits': {
    may: ['../contract/json.ts', '../tasks/service.ts', 'lru-cache', 'zod'],
    mayNot: ['../temporal/tasks/service.ts', '../mcp/server.ts', 'node:fs', '@temporalio/client'],
  },
  'src/local': {
    may: [
      '../encryption/index.ts',
      '../trust/index.ts',
      'node:child_process',
      '@temporalio/client',
    ],
    mayNot: ['../temporal/tasks/service.ts', '../config/index.ts', '../commands/dev.ts', 'undici'],
  },
  'src/assembly': {
    may: ['../mcp/server.ts', '../temporal/worker/worker.ts', '../local/index.ts', 'pino'],
    mayNot: ['../commands/dev.ts', '../cli.ts'],
  },
  'src/tasks': {
    may: ['../contract/json.ts'],
    mayNot: ['../operations/registry.ts', '../index.ts', '../cli.ts', 'yaml', 'node:events'],
  },
  'src/auth': {
    may: ['../contract/json.ts', 'jose', 'lru-cache', 'node:crypto'],
    mayNot: [
      '../mcp/server.ts',
      '../config/index.ts',
      '../tasks/service.ts',
      '@modelcontextprotocol/server',
      'undici',
    ],
  },
  'src/storage': {
    may: [
      '../contract/file.ts',
      '../encryption/index.ts',
      'aws4fetch',
      'undici',
      'node:fs/promises',
    ],
    mayNot: [
      '../config/index.ts',
      '../temporal/tasks/service.ts',
      '../operations/define.ts',
      'jose',
    ],
  },
  'src/client': {
    may: ['../contract/json.ts'],
    mayNot: ['../mcp/tool.ts', '../agents/text.ts', '../index.ts', 'zod', 'node:crypto', 'ai'],
  },
  'src/agents': {
    may: ['../client/index.ts', '../contract/json.ts', '@langchain/core/tools', 'ai'],
    mayNot: [
      '../mcp/tool.ts',
      '../temporal/tasks/service.ts',
      'zod',
      '@modelcontextprotocol/client',
    ],
  },
  'src/mcp': {
    may: ['../contract/json.ts', '../operations/registry.ts', '../tasks/service.ts', 'zod'],
    mayNot: [
      '../temporal/tasks/service.ts',
      '../config/index.ts',
      '../../workflows/index.ts',
      '@temporalio/client',
      'undici',
    ],
  },
  'src/temporal': {
    may: ['../tasks/service.ts', '../../activities/index.ts', '@temporalio/worker', 'lru-cache'],
    mayNot: [
      '../mcp/server.ts',
      '../config/index.ts',
      '../commands/dev.ts',
      '../../workflows/index.ts',
      '@modelcontextprotocol/server',
      'undici',
    ],
  },
  workflows: {
    may: ['../src/contract/json.ts', './story.ts', '@temporalio/workflow'],
    mayNot: [
      '../src/operations/define.ts',
      '../src/tasks/service.ts',
      '../activities/index.ts',
      '../src/index.ts',
      '@temporalio/activity',
      '@temporalio/workflow-streams',
      'zod',
      'node:crypto',
    ],
  },
  activities: {
    may: ['../src/contract/json.ts', '../src/operations/operation.ts', '@temporalio/activity'],
    mayNot: [
      '../src/temporal/worker/worker.ts',
      '../src/mcp/server.ts',
      '../workflows/index.ts',
      '@temporalio/client',
      '@temporalio/workflow',
      'zod',
    ],
  },
};

describe.each(Object.entries(fences))('%s', (folder, { may, mayNot }) => {
  test.each(may)('may import %s', async (specifier) => {
    expect(await judgeImport(folder, specifier)).toEqual([]);
  });

  test.each(mayNot)('may not import %s, nor from a folder below', async (specifier) => {
    const message = expect.stringContaining(`${folder} may import itself and: `);
    expect(await judgeImport(folder, specifier)).toEqual([message]);
    const below = specifier.startsWith('.') ? `../${specifier}` : specifier;
    expect(await judgeImport(`${folder}/below`, below)).toEqual([message]);
  });
});

const folders = readdirSync(new URL('../../src', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `src/${name}`);

test.each(folders)('%s has a fence', async (folder) => {
  const message = expect.stringContaining(`${folder} may import itself and: `);
  expect(await judgeImport(folder, '../cli.ts')).toEqual([message]);
});

describe('everywhere but in the commands', () => {
  test.each([
    'src/temporal/some.ts',
    'src/mcp/http/some.ts',
    'workflows/some.ts',
    'activities/some.ts',
  ])('%s is handed what it needs of the process', async (filePath) => {
    const said = await judge(
      filePath,
      "export const some = [process.env, process.argv, process.exit, process.exitCode, import('zod')];",
    );
    expect(said).toHaveLength(5);
    expect(await judge(filePath, "console.log('hello');")).toEqual([
      'Unexpected console statement.',
    ]);
  });
});

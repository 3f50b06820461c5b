import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load.ts';
import { createWorkspace } from '../support/workspace.ts';

const OPERATION = `operations:
  report: { kind: http, description: d., request: { method: GET, url: 'http://127.0.0.1/' } }
`;

async function load(content: string, env: Readonly<Record<string, string>> = {}) {
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': OPERATION + content });
  return await loadConfig({ workingDirectory: workspace.directory, env });
}

describe('what agents can call', () => {
  test('is everything unless something else is said', async () => {
    expect((await load('')).tools).toEqual({
      pair: true,
      typed: true,
      inlineWaitSeconds: 3,
      operations: {},
    });
  });

  test('is switched by the file, operation by operation, own ones and built-in ones', async () => {
    const { tools } = await load('tools: { operations: { report: false, sleep: false } }');
    expect(tools.operations).toEqual({ report: false, sleep: false });
  });

  test('is switched by the environment', async () => {
    const env = { LONGHAUL_PAIR_TOOLS: 'false', LONGHAUL_INLINE_WAIT_SECONDS: '0' };
    expect((await load('', env)).tools).toMatchObject({ pair: false, inlineWaitSeconds: 0 });
    expect((await load('', { LONGHAUL_TYPED_TOOLS: 'false' })).tools).toMatchObject({
      typed: false,
    });
  });

  test.each([
    [
      'an operation that nothing has the name of',
      'tools: { operations: { reprot: false } }',
      /tools\.operations\.reprot: no operation has this name; did you mean "report"\?/,
    ],
    [
      'a built-in one where there are none',
      'builtins: false\ntools: { operations: { sleep: false } }',
      /tools\.operations\.sleep: no operation has this name; known here: report/,
    ],
    [
      'nothing at all',
      'tools: { pair: false, typed: false }',
      /tools\.typed: expected true, since tools\.pair is false/,
    ],
    [
      'a wait that is too long',
      'tools: { inlineWaitSeconds: 301 }',
      /tools\.inlineWaitSeconds: expected a number from 0 to 300, got 301/,
    ],
  ])('is never %s', async (_, content, complaint) => {
    expect(await load(content).then(() => '', String)).toMatch(complaint);
  });
});

import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';

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
      answerBudgetTokens: 5_000,
      maxListed: 40,
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
      'a budget that shows nothing',
      'tools: { answerBudgetTokens: 100 }',
      /tools\.answerBudgetTokens: expected 0, or 1000 to 100000/,
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

describe('built-in operations', () => {
  const guarded = 'auth: { mode: tokens }\n';

  test.each([
    ['all on where nobody authenticates', '', []],
    [
      'off where callers authenticate',
      guarded,
      ['sleep', 'http_request', 'simulated_batch', 'approval', 'batch'],
    ],
    [
      'on by name',
      `${guarded}tools: { operations: { sleep: true, approval: true } }`,
      ['http_request', 'simulated_batch', 'batch'],
    ],
    [
      'on where http_request was given an origin',
      `${guarded}httpRequest: { allow: ['https://api.example.com'] }`,
      ['sleep', 'simulated_batch', 'approval', 'batch'],
    ],
    ['all on when somebody said so', `${guarded}builtins: true`, []],
  ])('are %s', async (_, content, off) => {
    const config = await load(content);
    expect(config.unnamedBuiltins).toEqual(off);
    for (const name of off) expect(config.tools.operations[name]).toBe(false);
  });

  test("are not off where one's own has the name", async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.yaml': `${guarded}operations:\n  sleep: { kind: http, description: d, request: { method: GET, url: 'https://a.example/' } }`,
    });
    const config = await loadConfig({ workingDirectory: workspace.directory, env: {} });
    expect(config.unnamedBuiltins).not.toContain('sleep');
    expect(config.tools.operations['sleep']).toBeUndefined();
  });
});

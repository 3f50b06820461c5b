import { describe, expect, test } from '@jest/globals';
import { loadConfig, type LoadOptions } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';

async function fingerprintOf(
  content: string | Readonly<Record<string, string>>,
  options: Partial<LoadOptions> = {},
): Promise<string> {
  const files = typeof content === 'string' ? { 'longhaul.config.yaml': content } : content;
  await using workspace = await createWorkspace(files);
  const config = await loadConfig({ workingDirectory: workspace.directory, env: {}, ...options });
  return config.fingerprint;
}

const HTTP = `
operations:
  get:
    kind: http
    description: Gets it.
    request: { url: "https://a.example/it", headers: { authorization: "Bearer \${env:TOKEN}" } }
`;

describe('stays the same', () => {
  test.each([
    [
      'with a comment',
      'execution: { retryAttempts: 2 }',
      '# two\nexecution:\n  retryAttempts: 2 # !\n',
    ],
    [
      'in another order',
      'execution: { retryAttempts: 2 }\nbuiltins: false',
      'builtins: false\nexecution: { retryAttempts: 2 }',
    ],
    ['with a default written down', '', 'execution: { retryAttempts: 0 }'],
    [
      "with the gateway's own options changed",
      '',
      'server: { port: 1 }\npolling: { waitCapSeconds: 3 }',
    ],
    [
      'with a default of an operation written down',
      HTTP,
      HTTP.replace('url:', 'method: GET, url:'),
    ],
  ])('%s', async (_, one, other) => {
    expect(await fingerprintOf(one)).toBe(await fingerprintOf(other));
  });

  test('whether a value comes from the file, the environment or a flag', async () => {
    const written = await fingerprintOf('execution: { maxConcurrency: 3 }');
    const set = await fingerprintOf('', { env: { LONGHAUL_MAX_CONCURRENCY: '3' } });
    const flagged = await fingerprintOf('', { overrides: { 'execution.maxConcurrency': 3 } });
    expect([set, flagged]).toEqual([written, written]);
  });
});

describe('changes', () => {
  test.each([
    ['with a limit', '', 'execution: { retryAttempts: 1 }'],
    ['with the allow-list', '', 'httpRequest: { allow: ["https://a.example"] }'],
    [
      'with the share of a principal',
      'auth: { mode: tokens }',
      'auth: { mode: tokens }\nlimits: { runningShare: 1 }',
    ],
    ['with the name of an operation', HTTP, HTTP.replace('get:', 'fetch:')],
    ['with the request of an operation', HTTP, HTTP.replace('/it', '/that')],
  ])('%s', async (_, one, other) => {
    expect(await fingerprintOf(one)).not.toBe(await fingerprintOf(other));
  });

  test('with a secret that an operation names, and with no other', async () => {
    const [none, first, second, unrelated] = await Promise.all([
      fingerprintOf(HTTP),
      fingerprintOf(HTTP, { env: { TOKEN: 'first' } }),
      fingerprintOf(HTTP, { env: { TOKEN: 'second' } }),
      fingerprintOf(HTTP, { env: { TOKEN: 'first', OTHER: 'x' } }),
    ]);
    expect(new Set([none, first, second]).size).toBe(3);
    expect(unrelated).toBe(first);
  });

  test('with a secret of the storage', async () => {
    const bucket = 'storage: { mode: s3, bucket: files, accessKeyId: "env:ID" }';
    const [one, other] = await Promise.all(
      ['one', 'other'].map((ID) => fingerprintOf(bucket, { env: { ID } })),
    );
    expect(one).not.toBe(other);
  });

  test('with the code of the configuration and of what it imports', async () => {
    const config =
      "import { run } from './operations/run.ts';\nexport default { builtins: run() };";
    const code = (text: string) => ({
      'longhaul.config.ts': config,
      'operations/run.ts': `import '../deep.ts';\nexport const run = () => true;`,
      'deep.ts': text,
    });
    const [one, same, other] = await Promise.all(
      ['export const a = 1;', 'export const a = 1;', 'export const a = 2;'].map((text) =>
        fingerprintOf(code(text)),
      ),
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });
});

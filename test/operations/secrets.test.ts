import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { createSecretReader } from '../../src/operations/secrets.ts';

async function createFolder(content: string) {
  const path = await mkdtemp(join(tmpdir(), 'longhaul-secrets-'));
  await writeFile(join(path, 'token'), content);
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

describe('a secret', () => {
  test('is read from the environment', async () => {
    const secret = createSecretReader({ env: { TOKEN: 's3cret' }, baseDirectory: '/' });
    await expect(secret('env:TOKEN')).resolves.toBe('s3cret');
  });

  test('is read from a file beside the configuration, without its last line break', async () => {
    await using folder = await createFolder('from file\r\n');
    const secret = createSecretReader({ env: {}, baseDirectory: folder.path });
    await expect(secret('file:token')).resolves.toBe('from file');
    await writeFile(join(folder.path, 'token'), 'rotated\n');
    await expect(secret('file:./token')).resolves.toBe('rotated');
  });

  test.each(['gone', 'empty'])(
    'is read from a file that is %s while it is replaced',
    async (how) => {
      await using folder = await createFolder('');
      const file = join(folder.path, 'token');
      if (how === 'gone') await rm(file);
      const secret = createSecretReader({ env: {}, baseDirectory: folder.path });
      const value = secret('file:token');
      await delay(150);
      await writeFile(file, 'the next');
      await expect(value).resolves.toBe('the next');
    },
  );

  test.each([
    ['env:MISSING', 'secret env:MISSING: this environment variable is not set on the worker'],
    ['env:EMPTY', 'secret env:EMPTY: it is empty'],
    ['file:absent', 'secret file:absent: this file cannot be read on the worker (ENOENT)'],
    ['vault:x', 'secret vault:x: expected env:NAME or file:path'],
  ])('%s fails as INTERNAL, naming the reference', async (reference, message) => {
    await using folder = await createFolder('x');
    const secret = createSecretReader({ env: { EMPTY: '\n' }, baseDirectory: folder.path });
    await expect(secret(reference)).rejects.toMatchObject({ code: 'INTERNAL', message });
  });
});

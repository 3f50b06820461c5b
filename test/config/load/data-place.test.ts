// Where tasks are kept when nobody chose a place.
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { chooseDataPlace } from '../../../src/config/load/data-place.ts';
import { loadConfig } from '../../../src/config/load/load.ts';
import { MACHINE, stateDirectory } from '../../../src/trust/index.ts';
import { createWorkspace } from '../../support/files/workspace.ts';

const UNWRITABLE = { ...MACHINE, isWritable: () => false };
const env = { XDG_STATE_HOME: '/state' };

test('a folder that cannot be written keeps no tasks, unless it does already', async () => {
  await using workspace = await createWorkspace();
  const { directory } = workspace;
  const beside = join(directory, '.longhaul');
  expect(chooseDataPlace(directory, null, env)).toEqual({ path: beside, why: null });
  expect(chooseDataPlace(directory, null, env, UNWRITABLE)).toEqual({
    path: '/state/longhaul/data',
    why: `${directory} cannot be written`,
  });
  await mkdir(beside);
  expect(chooseDataPlace(directory, null, env, UNWRITABLE)).toEqual({ path: beside, why: null });
  const ofOthers = { ...UNWRITABLE, user: (MACHINE.user ?? 0) + 1 };
  expect(chooseDataPlace(directory, null, env, ofOthers).path).toBe('/state/longhaul/data');
});

test('each configuration in such a folder has a place of its own', () => {
  const [one, other, again] = ['/etc/a.yaml', '/etc/b.yaml', '/etc/a.yaml'].map(
    (file) => chooseDataPlace('/etc', file, env, UNWRITABLE).path,
  );
  expect(one).toMatch(/^\/state\/longhaul\/data-[0-9a-f]{8}$/);
  expect(other).not.toBe(one);
  expect(again).toBe(one);
});

test('the root of the file system is no place for data, for root neither', async () => {
  expect(existsSync('/.longhaul')).toBe(false); // what an earlier version may have left would stay in use
  const config = await loadConfig({ workingDirectory: '/', env });
  expect(config).toMatchObject({
    dataDirectory: '/state/longhaul/data',
    dataElsewhere: '/ is no place for data',
  });
  const chosen = await loadConfig({
    workingDirectory: '/',
    env: { ...env, LONGHAUL_DATA_DIR: 'd' },
  });
  expect(chosen).toMatchObject({ dataDirectory: '/d', dataElsewhere: null });
});

test.each([
  ['linux', {}, '/home/ann/.local/state/longhaul'],
  ['linux', { XDG_STATE_HOME: '/state' }, '/state/longhaul'],
  ['linux', { XDG_STATE_HOME: 'not/absolute' }, '/home/ann/.local/state/longhaul'],
  ['darwin', {}, '/home/ann/Library/Application Support/longhaul'],
  ['win32', { LOCALAPPDATA: '/local' }, '/local/longhaul'],
] as const)("the user's state on %s with %j is in %s", (platform, more, expected) => {
  expect(stateDirectory({ HOME: '/home/ann', ...more }, platform)).toBe(expected);
});

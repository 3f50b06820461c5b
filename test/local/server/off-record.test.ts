// A data directory that cannot be written, as on a full disk: no server is left behind. The record cannot be written where
// a directory stands in its place, for root, too.
import { spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { openDataDirectory } from '../../../src/local/data-directory.ts';
import { launchServer } from '../../../src/local/server/launch.ts';
import { isAlive } from '../../../src/local/process-identity.ts';
import { saveServerState } from '../../../src/local/server/server-state.ts';
import { stopServer } from '../../../src/local/server/server.ts';
import { startIdleProcess } from '../idle-process.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';

const server = { port: 7233, api: null, version: '1.31.2', executable: '', database: '' };
const ports = { port: 7233, apiPort: 7243 };

test('a server that cannot be put on record does not go on running', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(join(temporary.path, 'data'));
  const file = join(temporary.path, 'fake-temporal');
  await writeFile(file, '#!/bin/sh\nwhile :; do sleep 1; done\n', { mode: 0o755 });
  await mkdir(`${directory.stateFile}.new`);
  expect(() =>
    launchServer(
      { file, serverVersion: server.version, env: process.env },
      'none.db',
      ports,
      directory,
    ),
  ).toThrow('EISDIR');
  while (spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.includes(file)) {
    await sleep(50);
  }
});

test('a server is stopped though that cannot be noted', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = await openDataDirectory(join(temporary.path, 'data'));
  await using running = startIdleProcess('--db-filename', 'none.db');
  const state = { ...running.identity, ...server, database: 'none.db', stopped: false };
  saveServerState(directory, state);
  await mkdir(`${directory.stateFile}.new`);
  await expect(stopServer(directory)).rejects.toThrow('EISDIR');
  expect(isAlive(state)).toBe(false);
});

test('what cannot be a data directory is told by name', async () => {
  await using temporary = await createTemporaryDirectory();
  const path = join(temporary.path, 'a-file');
  await writeFile(path, '');
  await expect(openDataDirectory(path)).rejects.toThrow(
    `the data directory ${path} cannot be used: EEXIST`,
  );
});

import { writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { dataDirectoryAt } from '../../../src/local/data-directory.ts';
import { ownIdentity } from '../../../src/local/process-identity.ts';
import {
  loadServerState,
  runningServer,
  saveServerState,
  type ServerState,
} from '../../../src/local/server/server-state.ts';
import { startIdleProcess } from '../idle-process.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';

const state: ServerState = {
  ...ownIdentity(),
  port: 7233,
  api: { port: 7243, host: 'a-name.invalid' },
  version: '1.31.2',
  executable: '/bin/temporal',
  database: '/data/temporal-1.31.db',
  stopped: false,
};

test('a record is read back, and its server runs while its process does', async () => {
  await using temporary = await createTemporaryDirectory();
  const directory = dataDirectoryAt(temporary.path);
  expect(loadServerState(directory)).toBeUndefined();
  await using server = startIdleProcess('--db-filename', state.database);
  const running = { ...state, ...server.identity };
  saveServerState(directory, running);
  expect(runningServer(directory)).toEqual(running);
  saveServerState(directory, { ...running, startTime: 'long ago' });
  expect(runningServer(directory)).toBeUndefined();
  expect(loadServerState(directory)).toMatchObject({ port: 7233 });
});

test.each([
  ['nothing', ''],
  ['half a record', JSON.stringify(state).slice(0, 40)],
  ['another shape', '[1, 2]'],
  ['null', 'null'],
  ['no process', JSON.stringify({ ...state, pid: undefined })],
  ['a port out of range', JSON.stringify({ ...state, port: 70_000 })],
  ['a version that is no string', JSON.stringify({ ...state, version: 1 })],
])('a file that holds %s reads as absent', async (_, content) => {
  await using temporary = await createTemporaryDirectory();
  const directory = dataDirectoryAt(temporary.path);
  writeFileSync(directory.stateFile, content);
  expect(loadServerState(directory)).toBeUndefined();
});

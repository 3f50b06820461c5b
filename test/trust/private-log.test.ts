import {
  closeSync,
  readdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { openPrivateLog, rotateLog } from '../../src/trust/index.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

function append(directory: string, line: string): void {
  const file = join(directory, 'worker.log');
  rotateLog(file);
  const log = openPrivateLog(file);
  writeSync(log, line);
  closeSync(log);
}

test('a worker goes on in the log of the one before', async () => {
  await using directory = await createTemporaryDirectory();
  append(directory.path, 'first\n');
  append(directory.path, 'second\n');
  expect(readFileSync(join(directory.path, 'worker.log'), 'utf8')).toBe('first\nsecond\n');
});

test('a log that has grown too large is put aside, and the one put aside before is gone', async () => {
  await using directory = await createTemporaryDirectory();
  const file = join(directory.path, 'worker.log');
  for (const line of ['first\n', 'second\n']) {
    writeFileSync(file, '');
    truncateSync(file, 16 * 1024 * 1024 + 1);
    append(directory.path, line);
    expect(readFileSync(file, 'utf8')).toBe(line);
  }
  expect(readdirSync(directory.path).sort()).toEqual(['worker.log', 'worker.log.old']);
});

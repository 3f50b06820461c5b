import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from '@jest/globals';
import {
  isAlive,
  ownIdentity,
  processIdentity,
  processIdentitySchema,
} from '../../src/local/process-identity.ts';

test('a live process is recognised for as long as it lives', async () => {
  const child = spawn('sleep', ['60']);
  const identity = processIdentity(child.pid!)!;
  expect(isAlive(identity)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(isAlive(identity)).toBe(false);
  expect(processIdentity(child.pid!)).toBeUndefined();
});

test('a process that has the id of an earlier one is not taken for it', () => {
  expect(isAlive(ownIdentity())).toBe(true);
  expect(isAlive({ pid: process.pid, startTime: 'long ago' })).toBe(false);
});

test('a zombie is not alive', async () => {
  // The shell becomes `sleep`, which never asks how its child ended.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60']);
  const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
  const zombie = Number(pid.toString());
  while (processIdentity(zombie)) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(() => process.kill(zombie, 0)).not.toThrow();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});

test.each([0, -1, 1.5, NaN])('no process has the id %p', (pid) => {
  expect(processIdentity(pid)).toBeUndefined();
});

test.each([
  null,
  'x',
  [],
  {},
  { pid: 1 },
  { pid: '1', startTime: '' },
  { pid: 1.5, startTime: '' },
])('%j is no identity', (value) => {
  expect(processIdentitySchema.safeParse(value).success).toBe(false);
});

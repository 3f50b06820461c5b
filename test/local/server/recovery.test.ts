import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { findTemporalCli, readDataDirectory } from '../../../src/local/index.ts';
import { processIdentity } from '../../../src/local/process-identity.ts';
import {
  connectTo,
  createTestDataDirectory,
  readServerLine,
  startIdleWorkflow,
  until,
} from '../../support/temporal/data-directory.ts';
import { PINNED, writeExecutable } from '../cli/fake-cli.ts';

test('a member killed with -9 leaves its server to the next one, and its lease counts for nothing', async () => {
  await using place = await createTestDataDirectory();
  await using child = place.child();
  const started = await readServerLine(child);
  child.kill('SIGKILL');
  await child.exit;
  const membership = await place.join();
  expect(membership.reused).toBe(true);
  expect(membership.server.pid).toBe(started.pid);
  await membership.leave();
  expect(processIdentity(started.pid)).toBeUndefined();
  expect(readdirSync(join(place.path, 'leases'))).toEqual([]);
});

test('a server killed with -9 is started again by one of its members; clients only reconnect', async () => {
  await using place = await createTestDataDirectory();
  await using child = place.child();
  await using membership = await place.join();
  const { pid, address } = await readServerLine(child);
  await using temporal = await connectTo(address);
  await startIdleWorkflow(temporal.client, 'survivor');
  process.kill(pid, 'SIGKILL');
  await until(() => membership.server.pid !== pid);
  expect(membership.server.address).toBe(address);
  const description = await temporal.client.workflow.getHandle('survivor').describe();
  expect(description.status.name).toBe('RUNNING');
  const { server, members } = await readDataDirectory(place.path);
  expect(server?.pid).toBe(membership.server.pid);
  expect(members).toHaveLength(2);
});

test('a server whose port another program took meanwhile comes back on another', async () => {
  await using place = await createTestDataDirectory();
  const first = await place.join();
  const [host, port] = first.server.address.split(':');
  await first.leave();
  const thief = createServer().listen(Number(port), host);
  await once(thief, 'listening');
  await using second = await place.join();
  expect(second.server.address).not.toBe(first.server.address);
  thief.close();
});

test('garbage in every file of the directory does not keep a server from starting', async () => {
  await using place = await createTestDataDirectory();
  await (await place.join()).leave();
  writeFileSync(join(place.path, 'server.json'), '{"pid": 1, "port"');
  writeFileSync(join(place.path, 'leases', 'x.json'), 'rubbish');
  writeFileSync(join(place.path, 'temporal-1.31.db.new'), 'rubbish');
  const membership = await place.join();
  await membership.leave();
  expect((await readDataDirectory(place.path)).running).toBe(false);
});

test('a database of which only half was written gives way to a new one', async () => {
  await using place = await createTestDataDirectory();
  const first = await place.join();
  const { database } = first.server;
  await first.leave();
  rmSync(`${database}.ready`);
  rmSync(`${database}-wal`);
  writeFileSync(database, 'SQLite format 3');
  await using second = await place.join();
  expect(second.reused).toBe(false);
  expect(place.lines).toEqual([expect.stringContaining('did not finish')]);
});

test('a server whose starter was killed with -9 before it was ready is waited for and used', async () => {
  await using place = await createTestDataDirectory();
  await using child = place.child();
  await until(() => existsSync(join(place.path, 'server.json')));
  child.kill('SIGKILL');
  await child.exit;
  await using membership = await place.join();
  expect(membership.reused).toBe(true);
});

test('a recorded server that has been replaced on its port by another program is not reused', async () => {
  await using place = await createTestDataDirectory();
  const first = await place.join();
  const { server } = first;
  await first.leave();
  writeFileSync(
    join(place.path, 'server.json'),
    JSON.stringify({
      ...{ pid: process.pid, startTime: 'long ago', version: server.version, stopped: false },
      ...{
        port: Number(server.address.split(':')[1]),
        uiPort: 9,
        executable: server.executable,
        database: server.database,
      },
    }),
  );
  await using second = await place.join();
  expect(second.reused).toBe(false);
  expect(second.server.address).toBe(server.address);
});

test('a server that ends while it starts shows the end of its log', async () => {
  await using place = await createTestDataDirectory();
  const file = writeExecutable(join(place.path, '..', 'temporal'), 'echo "out of luck"; exit 1');
  const joining = place.join({ findCli: async () => ({ file, serverVersion: '1.32.0', env: {} }) });
  await expect(joining).rejects.toThrow(
    /ended while it started[^]*temporal\.log:\n {2}out of luck/,
  );
  expect(await readDataDirectory(place.path)).toMatchObject({ running: false, members: [] });
});

test('a server sees nothing of the environment but what it needs', async () => {
  await using place = await createTestDataDirectory();
  const file = writeExecutable(
    join(place.path, '..', 'temporal'),
    `[ "$1" = --version ] && echo '${PINNED}' || { env; exit 1; }`,
  );
  const secrets = { UPSTREAM_TOKEN: 'secret', LONGHAUL_KEY: 'secret', https_proxy: 'secret' };
  const env = {
    ...secrets,
    HOME: '/home/somebody',
    LC_ALL: 'C.UTF-8',
    LONGHAUL_TEMPORAL_CLI: file,
  };
  await expect(
    place.join({ findCli: () => findTemporalCli({ env, report: () => undefined }) }),
  ).rejects.toThrow(/ended while it started[^]*HOME=\/home\/somebody/);
  const log = readFileSync(join(place.path, 'temporal.log'), 'utf8');
  expect(log).toContain('LC_ALL=C.UTF-8');
  expect(log).not.toContain('secret');
});

test('a start that is given up leaves no server behind', async () => {
  await using place = await createTestDataDirectory();
  const file = writeExecutable(join(place.path, '..', 'temporal'), 'while :; do sleep 1; done');
  const abort = new AbortController();
  const joining = place.join({
    findCli: async () => ({ file, serverVersion: '1.32.0', env: {} }),
    signal: abort.signal,
  });
  await until(async () => (await readDataDirectory(place.path)).running);
  abort.abort(new Error('no patience'));
  await expect(joining).rejects.toThrow('no patience');
  expect((await readDataDirectory(place.path)).running).toBe(false);
});

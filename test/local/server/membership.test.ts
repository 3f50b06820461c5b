import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { defineSearchAttributeKey } from '@temporalio/common';
import { readDataDirectory, stopEmbeddedServer } from '../../../src/local/index.ts';
import { processIdentity } from '../../../src/local/process-identity.ts';
import {
  connectTo,
  createTestDataDirectory,
  readServerLine,
  startIdleWorkflow,
  until,
} from '../../support/temporal/data-directory.ts';

test('a directory that does not exist has no server and no members', async () => {
  await using place = await createTestDataDirectory();
  const nothing = { server: undefined, running: false, members: [] };
  expect(await readDataDirectory(place.path)).toEqual(nothing);
  expect(await stopEmbeddedServer(place.path)).toBe(false);
});

test('a server starts with its retention and search attributes, and the last member stops it', async () => {
  await using place = await createTestDataDirectory();
  const membership = await place.join({ searchAttributes: { LonghaulKey: 'Keyword' } });
  const { server } = membership;
  await using temporal = await connectTo(server.address);
  const { config } = await temporal.client.workflowService.describeNamespace({
    namespace: 'default',
  });
  expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(48 * 3_600);
  await startIdleWorkflow(temporal.client, 'a', [
    { key: defineSearchAttributeKey('LonghaulKey', 'KEYWORD'), value: 'k' },
  ]);
  expect(server.uiUrl).toBeNull();
  expect(await readDataDirectory(place.path)).toMatchObject({
    running: true,
    server: { pid: server.pid, version: membership.server.version },
    members: [{ pid: process.pid, role: 'test' }],
  });

  // Nothing of it is for others to read: parameters and results are in it.
  const names = await readdir(place.path);
  const modes = await Promise.all(
    names.map(async (name) => (await stat(join(place.path, name))).mode),
  );
  expect(names.filter((_, index) => (modes[index]! & 0o077) !== 0)).toEqual([]);

  await membership.leave();
  await membership.leave();
  expect(processIdentity(server.pid)).toBeUndefined();
  expect(await readDataDirectory(place.path)).toMatchObject({ running: false, members: [] });
});

test('the next server continues on the same file and port, with search attributes added since', async () => {
  await using place = await createTestDataDirectory();
  const first = await place.join();
  const { address } = first.server;
  {
    await using temporal = await connectTo(address);
    await startIdleWorkflow(temporal.client, 'kept');
  }
  await first.leave();
  await using second = await place.join({ searchAttributes: { AddedLater: 'Int' } });
  expect(second.reused).toBe(false);
  expect(second.server).toMatchObject({ address });
  await using temporal = await connectTo(address);
  expect((await temporal.client.workflow.getHandle('kept').describe()).status.name).toBe('RUNNING');
  await startIdleWorkflow(temporal.client, 'new', [
    { key: defineSearchAttributeKey('AddedLater', 'INT'), value: 7 },
  ]);
});

test('a search attribute of another type is named', async () => {
  await using place = await createTestDataDirectory();
  await using membership = await place.join({ searchAttributes: { Mine: 'Keyword' } });
  await expect(place.join({ searchAttributes: { Mine: 'Int' } })).rejects.toThrow(
    'search attribute Mine',
  );
  expect((await readDataDirectory(place.path)).members).toHaveLength(1);
  expect(membership.reused).toBe(false);
});

test('processes that race to start get one server, which stays until the last has left', async () => {
  await using place = await createTestDataDirectory();
  const children = [place.child(), place.child(), place.child()];
  const answers = await Promise.all(children.map(readServerLine));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  expect(answers.filter(({ reused }) => !reused)).toHaveLength(1);
  for (const [index, child] of children.entries()) {
    expect((await readDataDirectory(place.path)).running).toBe(true);
    expect((await readDataDirectory(place.path)).members).toHaveLength(children.length - index);
    child.send('leave');
    expect(await child.exit).toMatchObject({ code: 0 });
  }
  expect((await readDataDirectory(place.path)).running).toBe(false);
});

test('a server that was told to stop stays down for its members, until somebody joins', async () => {
  await using place = await createTestDataDirectory();
  await using member = await place.join();
  const { pid } = member.server;
  expect(await stopEmbeddedServer(place.path)).toBe(true);
  expect(await stopEmbeddedServer(place.path)).toBe(false);
  await sleep(2_500); // longer than its members need to notice
  expect(processIdentity(pid)).toBeUndefined();
  expect((await readDataDirectory(place.path)).running).toBe(false);
  await using next = await place.join();
  await until(() => member.server.pid === next.server.pid);
  expect(place.lines).toEqual([]);
});

test('a given port is used, and refused when it is taken', async () => {
  await using place = await createTestDataDirectory();
  await using other = await createTestDataDirectory();
  await using membership = await place.join();
  const port = Number(membership.server.address.split(':')[1]);
  await expect(other.join({ port })).rejects.toThrow(
    `port ${port} of the Temporal server is taken`,
  );
  await using again = await place.join({ port: port + 1 });
  expect(again.reused).toBe(true);
  expect(place.lines).toEqual([expect.stringContaining(`runs already, on port ${port}`)]);
});

// Habits of clients that no test elsewhere shows: see docs/clients.md for each number.
import { expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config/index.ts';
import { createFace } from '../support/gateways/face.ts';
import { startGateway } from '../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../support/clients/json-rpc.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const SLEEP = { name: 'sleep', arguments: { seconds: 1 } };

test('a client that polls faster than it is told to is answered all the same (clients.md 13)', async () => {
  await using running = await startGateway();
  const parameters = { seconds: 1 };
  const { task } = await running.tasks.start(
    { principal: 'local' },
    { operation: 'sleep', parameters },
  );
  const { taskRef: taskId } = task;
  for (let polls = 0; polls < 10; polls += 1) {
    const { status, result } = await callModern(running.url, 'tasks/get', { taskId });
    expect([status, result['status']]).toEqual([200, 'working']);
  }
});

test('a call that is sent again after its answer was lost finds the same task (clients.md 14)', async () => {
  await using running = await startGateway();
  const call = { ...SLEEP, arguments: { seconds: 1, idempotency_key: 'sent-twice' } };
  const [first, second] = [
    await callModern(running.url, 'tools/call', call),
    await callModern(running.url, 'tools/call', call),
  ];
  expect(second.result['taskId']).toBe(first.result['taskId']);
  expect(running.tasks.started).toBe(1);
});

test('a client that declares nothing gets a handle, never a task (clients.md 21)', async () => {
  const tools = { pair: true, typed: true, inlineWaitSeconds: 0 };
  await using running = await startGateway({ factory: createFace({ tools }).factory });
  const modern = await callModern(running.url, 'tools/call', SLEEP, {});
  const legacy = await callLegacy(running.url, 'tools/call', SLEEP);
  for (const { result } of [modern, legacy]) {
    expect(result['structuredContent']).toMatchObject({ task_ref: expect.any(String) });
    expect(result).not.toHaveProperty('taskId');
    expect(result).not.toHaveProperty('task');
  }
});

test('no tool demands a task of a legacy client (clients.md 23)', async () => {
  await using running = await startGateway();
  const { result } = await callLegacy(running.url, 'tools/list');
  const tools = result['tools'] as { name: string; execution?: { taskSupport: string } }[];
  const supported = new Map(tools.map(({ name, execution }) => [name, execution?.taskSupport]));
  expect(supported.get('sleep')).toBe('optional');
  expect([...supported.values()]).not.toContain('required');
});

test('as one JSON object and as an event stream an answer says the same (clients.md 26)', async () => {
  await using running = await startGateway();
  const call = { name: 'list_operations', arguments: {} };
  const modern = await callModern(running.url, 'tools/call', call, {});
  const legacy = await callLegacy(running.url, 'tools/call', call);
  expect(modern.result['content']).toEqual(legacy.result['content']);
});

test('the port that Longhaul takes by itself is one that fetch connects to (clients.md 29)', async () => {
  await using directory = await createTemporaryDirectory();
  const { server } = await loadConfig({ workingDirectory: directory.path, env: {} });
  const tell = async (port: number) =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => 'connected',
      (error: unknown) => String((error as Error).cause),
    );
  expect(await tell(6000)).toContain('bad port');
  expect(await tell(server.port)).not.toContain('bad port');
});

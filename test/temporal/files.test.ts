// Parameters and results that are too large to travel, over a real server: what Temporal is given, what a repeated start
// finds, and what becomes of a start that stops half-way.
import { createTaskError } from '../../src/contract/errors.ts';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FileReference, Files } from '../../src/contract/file.ts';
import { createFiles } from '../../src/storage/files.ts';
import { readJson } from '../../src/storage/json.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { createMemoryStore } from '../support/peers/memory-store.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const me = { principal: 'local' };
const { registry } = createTestOperations();
const { store, objects } = createMemoryStore();
const files = createFiles({ store, maxBytes: 5_000_000 });
const maxInlineBytes = 1_000;
let temporal: TestTemporal;
let gateway: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  gateway = await openTestGateway(temporal.address, registry, { files, maxInlineBytes });
  worker = await startTestWorker(gateway, registry, { files, maxResultBytes: 1_000 });
});

afterAll(async () => {
  await worker.stop();
  await gateway[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

const echo = (value: string, idempotencyKey?: string) => ({
  operation: 'echo',
  parameters: { value },
  ...(idempotencyKey !== undefined && { idempotencyKey }),
});

const end = async (taskRef: string) =>
  (await gateway.tasks.wait(me, taskRef, 60_000)).state as unknown as {
    readonly result: FileReference;
    readonly error: { readonly code: string };
  };

/** Everything that Temporal has of a task, as text. */
const historyOf = async (key: string): Promise<string> =>
  JSON.stringify(await gateway.connected.client.workflow.getHandle(`local:${key}`).fetchHistory());

describe('large parameters and a large result', () => {
  test('go through as files, and Temporal sees neither', async () => {
    const value = 'large '.repeat(500_000);
    const { task } = await gateway.tasks.start(me, echo(value, 'through'));
    const { result } = await end(task.taskRef);
    expect(result).toMatchObject({ mimeType: 'application/json', size: value.length + 2 });
    expect(await readJson(files, 'local', result.uri)).toBe(value);
    expect((await historyOf('through')).length).toBeLessThan(20_000);
  });

  test('are one request when they are equal, and another when they are not', async () => {
    const { task } = await gateway.tasks.start(me, echo('y'.repeat(2_000), 'same'));
    const count = objects.size;
    const again = await gateway.tasks.start(me, echo('y'.repeat(2_000), 'same'));
    expect(again).toMatchObject({ deduplicated: true, task: { taskRef: task.taskRef } });
    await end(task.taskRef);
    expect(objects.size).toBeLessThanOrEqual(count + 2); // the result
    const other = gateway.tasks.start(me, echo('z'.repeat(2_000), 'same'));
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_CONFLICT' });
  });

  test('above the largest file are refused before anything is started', async () => {
    const refused = gateway.tasks.start(me, echo('x'.repeat(5_000_001)));
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
  });

  test('that were changed in the storage fail the task, and are not run', async () => {
    await using idle = await openTestGateway(temporal.address, registry, {
      files,
      maxInlineBytes,
      taskQueue: 'later',
    });
    const before = new Set(objects.keys());
    const { task } = await idle.tasks.start(me, echo('tamper with this '.repeat(100)));
    const piece = [...objects.keys()].find((key) => !before.has(key) && key.includes('/pieces/'));
    objects.get(piece!)![20]! ^= 1;
    const late = await startTestWorker(idle, registry, { files, taskQueue: 'later' });
    expect(await end(task.taskRef)).toMatchObject({ error: { code: 'FILE_DAMAGED' } });
    await late.stop();
  });
});

describe('a gateway that dies between storing and starting', () => {
  test('leaves nothing but an object that the repeated call uses', async () => {
    const stored = new AbortController();
    const isStored = once(stored.signal, 'abort');
    const dying: Files = {
      ...files,
      write: async (...given) => {
        await files.write(...given);
        stored.abort();
        return new Promise(() => undefined); // nobody is left to go on
      },
    };
    await using first = await openTestGateway(temporal.address, registry, {
      files: dying,
      maxInlineBytes,
    });
    const request = echo('w'.repeat(3_000), 'died');
    void first.tasks.start(me, request);
    await isStored;
    const count = objects.size;
    const { task, deduplicated } = await gateway.tasks.start(me, request);
    expect(deduplicated).toBe(false);
    expect(objects.size).toBeLessThanOrEqual(count + 2);
    expect(await end(task.taskRef)).toMatchObject({ result: { size: 3_002 } });
  });
});

test('a storage that does not work is told as such, and the call may be repeated', async () => {
  const broken: Files = {
    ...files,
    write: async () =>
      Promise.reject(Object.assign(new Error('gone'), { code: 'STORAGE_UNAVAILABLE' })),
  };
  await using unlucky = await openTestGateway(temporal.address, registry, {
    files: broken,
    maxInlineBytes,
  });
  const request = echo('v'.repeat(3_000), 'unlucky');
  await expect(unlucky.tasks.start(me, request)).rejects.toMatchObject({
    code: 'STORAGE_UNAVAILABLE',
  });
  expect((await gateway.tasks.start(me, request)).deduplicated).toBe(false);
});

test('who stores as much as is allowed starts nothing new, and finds what was started', async () => {
  const request = echo('small', 'before');
  const { task } = await gateway.tasks.start(me, request);
  const full = createTaskError('RATE_LIMITED', 'files are limited', {
    details: { limit: 'storage_bytes' },
  });
  await using later = await openTestGateway(temporal.address, registry, {
    files: { ...files, refusal: () => full },
    maxInlineBytes,
  });
  await expect(later.tasks.start(me, echo('small', 'after'))).rejects.toMatchObject({
    code: 'RATE_LIMITED',
    details: { limit: 'storage_bytes' },
  });
  expect(await later.tasks.start(me, request)).toMatchObject({
    deduplicated: true,
    task: { taskRef: task.taskRef },
  });
});

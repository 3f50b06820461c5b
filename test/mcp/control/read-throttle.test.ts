import { expect, test } from '@jest/globals';
import type { Task, TaskState } from '../../../src/contract/task.ts';
import { createReadThrottle } from '../../../src/mcp/control/read-throttle.ts';
import { connectClient } from '../../support/clients/mcp-clients.ts';
import { createFace, DEFAULT_POLLING } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';

/** A task of age 0 and a clock that only the test and the holds move; `read` answers how long it was held, in ms. */
function startReading(holdSeconds = 4) {
  let now = 0;
  let task: Task = {
    taskRef: 'a.b',
    operation: 'sleep',
    idempotencyKey: 'a',
    createdAt: 0,
    updatedAt: 0,
    deadline: 120_000,
    expiresAt: null,
    retentionMs: 1,
    cancelRequested: false,
    state: toProcessing(),
  };
  const throttle = createReadThrottle({ ...DEFAULT_POLLING, holdSeconds }, () => now);
  return {
    throttle,
    pass: (ms: number) => {
      now += ms;
    },
    set: (change: Partial<Task>) => {
      task = { ...task, ...change };
    },
    read: async (principal = 'local', during?: Partial<Task>) => {
      const at = now;
      await throttle.admit(principal, task, async (seconds) => {
        now += seconds * 1000;
        task = { ...task, ...during };
        return task;
      });
      return now - at;
    },
  };
}

async function times(count: number, read: () => Promise<number>): Promise<number[]> {
  const held: number[] = [];
  for (let index = 0; index < count; index += 1) held.push(await read());
  return held;
}

test('the first read and five that follow at once are free, the next wait for the hint', async () => {
  const { read } = startReading();
  expect(await times(9, read)).toEqual([0, 0, 0, 0, 0, 0, 1000, 2000, 4000]);
});

test('a hold has an end long before the hint', async () => {
  const { read, pass } = startReading();
  pass(600_000);
  expect(await times(8, read)).toEqual([0, 0, 0, 0, 0, 0, 4000, 4000]);
});

test('a caller that comes when next_step says, in whole seconds, is never held', async () => {
  const { read, pass } = startReading();
  for (let look = 0; look < 50; look += 1) {
    pass(look === 0 ? 450 : 1000); // a hint of 1450 ms reads "in 1 s"
    expect(await read()).toBe(0);
    pass(30_000);
    expect(await read()).toBe(0);
  }
});

test('a caller that has learned to wait is free again', async () => {
  const { read, pass } = startReading();
  await times(8, read);
  pass(30_000);
  expect(await times(6, read)).toEqual([0, 0, 0, 0, 0, 0]);
});

test.each<[string, Partial<Task>]>([
  ['a later attempt', { state: toProcessing(null, 2) }],
  ['a cancel from elsewhere', { cancelRequested: true }],
  ['a question', { state: { status: 'input_required', attempt: 1, requests: {} } }],
  ['the end', { state: { status: 'completed', result: 1, attempt: 1 } }],
])('%s is told at once, and the reads after it are free', async (_, change) => {
  const { read, set } = startReading();
  await times(8, read);
  set(change);
  expect(await times(6, read)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('news that comes during a hold makes the reads after it free', async () => {
  const { read } = startReading();
  await times(6, read);
  expect(await read('local', { cancelRequested: true })).toBe(1000);
  expect(await read()).toBe(0);
});

test('progress alone does not free a caller that spins', async () => {
  const { read, set } = startReading();
  await times(6, read);
  const state: TaskState = toProcessing({ fraction: 0.5, message: null });
  set({ state });
  expect(await read()).toBe(1000);
});

test('what the caller did to the task makes the next reads free', async () => {
  const { read, throttle } = startReading();
  await times(8, read);
  throttle.forget('local', 'a.b');
  expect(await times(6, read)).toEqual([0, 0, 0, 0, 0, 0]);
});

test('one principal is not held for the reads of another', async () => {
  const { read } = startReading();
  await times(8, () => read('ann'));
  expect(await read('bob')).toBe(0);
});

test('with a hold of 0 nothing is held', async () => {
  const { read } = startReading(0);
  expect(await times(20, read)).toEqual(Array.from({ length: 20 }, () => 0));
});

test('a held read is answered as soon as the task is done', async () => {
  const { target, tasks } = createFace({
    polling: {
      initialIntervalMs: 3_600_000,
      maxIntervalMs: 3_600_000,
      backoffMultiplier: 1,
      holdSeconds: 3600,
      waitCapSeconds: 3600,
    },
  });
  await using client = await connectClient('client 2.4 modern', target);
  const start = { operation_type: 'sleep', parameters: { seconds: 1 } };
  const { task_ref } = (await client.call('initiate_background_task', start)).json;
  for (let read = 0; read < 6; read += 1) await client.call('resolve_task_status', { task_ref });
  const held = client.call('resolve_task_status', { task_ref });
  await tasks.whenWaiting();
  tasks.set(task_ref, { status: 'completed', result: 1, attempt: 1 });
  expect((await held).json).toMatchObject({ status: 'completed', result: 1 });
});

test('a read after a cancel is not held, and a held answer says what to do instead', async () => {
  const { target, tasks } = createFace({ polling: { ...DEFAULT_POLLING, holdSeconds: 0.01 } });
  await using client = await connectClient('client 2.4 modern', target);
  const start = { operation_type: 'sleep', parameters: { seconds: 1 } };
  const { task_ref } = (await client.call('initiate_background_task', start)).json;
  tasks.set(task_ref, toProcessing());
  const read = async () => (await client.call('resolve_task_status', { task_ref })).json;
  for (let early = 0; early < 6; early += 1) {
    expect(await read()).toMatchObject({ next_step: expect.not.stringContaining('held back') });
  }
  expect(await read()).toMatchObject({
    next_step: expect.stringMatching(/held back.*wait_seconds/),
  });
  await client.call('cancel_background_task', { task_ref });
  expect(await read()).toMatchObject({ next_step: expect.not.stringContaining('held back') });
});

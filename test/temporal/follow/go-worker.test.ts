// Workflows and activities of workers in Go, over two namespaces: programs of their own, which know nothing of Longhaul, are killed in the middle,
// and fail as Go fails. `node tools/go-worker.js` says what is missing where this is skipped.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { defineActivity } from '../../support/operations/declared.ts';
import type { Task } from '../../../src/contract/task.ts';
import { bareEnvironment } from '../../support/processes/home.ts';
import {
  declare,
  LIMIT_MS,
  openNamespace,
  startFollowedTasks,
  type FollowedTasks,
  approval,
} from './followed-tasks.ts';

const me = { principal: 'local' };
const NAMESPACES = ['default', 'warehouse'];

const tool = fileURLToPath(new URL('../../../tools/go-worker.js', import.meta.url));
const program = execFileSync(process.execPath, [tool, '--prepared'], { encoding: 'utf8' }).trim();

const order = { type: 'ProcessOrder', args: ['{one}', '{two}'] };

let tasks: FollowedTasks;
const workers = new Map<string, ChildProcess>();

async function startWorker(address: string, namespace: string, ...how: string[]): Promise<void> {
  const child = spawn(program, [address, namespace, ...how], {
    env: bareEnvironment({}),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  workers.set(namespace, child);
  await once(child.stdout, 'data');
}

let restartWorker: (namespace: string, ...how: string[]) => Promise<void>;

function declareWeigh(name: string, idempotent: boolean) {
  return defineActivity(name, {
    ...{ kind: 'activity', description: 'Weighs a parcel.', idempotent },
    input: { type: 'object', properties: { one: {}, two: {}, three: {} } },
    activity: { type: 'Weigh', taskQueue: 'orders' },
    policy: { heartbeatTimeoutSeconds: 2 },
  });
}

beforeAll(async () => {
  if (program === '') return;
  tasks = await startFollowedTasks(
    [
      declare('order', { workflow: order, asks: { approval } }),
      declare('orderElsewhere', {
        workflow: { ...order, namespace: 'warehouse' },
        asks: { approval },
      }),
      declare('pack', { workflow: { type: 'Pack', args: ['{one}'], namespace: 'warehouse' } }),
      declareWeigh('weigh', true),
      declareWeigh('weighOnce', false),
      declare('nothing', { policy: { queueTimeoutSeconds: 3 } }),
    ],
    async (gateway, address) => {
      await openNamespace(gateway, 'warehouse');
      restartWorker = async (namespace, ...how) => {
        workers.get(namespace)?.kill('SIGKILL');
        await startWorker(address, namespace, ...how);
      };
      await Promise.all(NAMESPACES.map(async (namespace) => restartWorker(namespace)));
      return {
        [Symbol.asyncDispose]: async () => {
          for (const worker of workers.values()) worker.kill('SIGKILL');
          return Promise.resolve();
        },
      };
    },
  );
}, LIMIT_MS);

afterAll(async () => {
  if (program !== '') await tasks[Symbol.asyncDispose]();
});

async function answer({ taskRef }: Task, approved: boolean): Promise<void> {
  const { state } = await tasks.gateway.tasks.wait(me, taskRef, 20_000);
  expect(state).toMatchObject({ status: 'input_required', requests: { approval: {} } });
  await tasks.gateway.tasks.provideInput(me, taskRef, {
    approval: { action: 'accept', content: { approved } },
  });
}

const describeWithGo = program === '' ? describe.skip : describe;

describeWithGo('a workflow in Go', () => {
  test('asks, goes on as new, and ends its task, in each of two namespaces', async () => {
    const here = await tasks.start('order', ['17', 1]);
    const there = await tasks.start('orderElsewhere', ['18', 1]);
    for (const task of [here, there]) await answer(task, true);
    expect(await tasks.end(here)).toMatchObject({
      status: 'completed',
      result: { order: '17', state: 'shipped', runs: 2 },
    });
    expect(await tasks.end(there)).toMatchObject({ result: { order: '18', runs: 2 } });
  });

  test('outlives kill -9 of its worker, and shows the heartbeat of its activity', async () => {
    const task = await tasks.start('pack', ['19']);
    const read = async () => (await tasks.gateway.tasks.read(me, task.taskRef)).state;
    let state = await read();
    while (state.status !== 'processing' || !state.progress) state = await read();
    expect(state.progress).toEqual({ fraction: 0.5, message: 'half of 19' });
    await restartWorker('warehouse');
    expect(await tasks.end(task)).toMatchObject({ result: 'packed 19 at attempt 2' });
  });

  test('fails with its own type, its message and what caused it', async () => {
    const task = await tasks.start('order', ['20', 1]);
    await answer(task, false);
    expect(await tasks.end(task)).toMatchObject({
      error: {
        code: 'UPSTREAM_REJECTED',
        message: expect.stringContaining(
          'failed with OrderRefused: the order was refused (Error: nobody stands for it)',
        ),
        details: { failure: { type: 'OrderRefused', retryable: false } },
      },
    });
  });

  test('that cannot decode its arguments says so', async () => {
    expect(await tasks.end(await tasks.start('order', ['21', 'many']))).toMatchObject({
      error: { message: expect.stringMatching(/unable to decode/) },
    });
  });

  test('that its workers do not have is named by them', async () => {
    expect(await tasks.end(await tasks.start('nothing', []))).toMatchObject({
      error: {
        code: 'QUEUE_TIMEOUT',
        message: expect.stringMatching(
          /task queue orders can run nothing: unable to find workflow/,
        ),
      },
    });
  });
});

describeWithGo('an activity in Go whose worker is killed', () => {
  test('runs again where that does no harm, and is told as unknown otherwise', async () => {
    const begun = await Promise.all(
      ['weigh', 'weighOnce'].map(async (operation) => tasks.start(operation, [])),
    );
    const [again, once] = begun;
    for (const { taskRef } of begun) {
      const read = async () => (await tasks.gateway.tasks.read(me, taskRef)).state;
      while ((await read()).status !== 'processing');
    }
    await restartWorker('default', 'swift');
    expect(await tasks.end(again!)).toMatchObject({ result: '17 kg', attempt: 2 });
    expect(await tasks.end(once!)).toMatchObject({ error: { code: 'OUTCOME_UNKNOWN' } });
  });
});

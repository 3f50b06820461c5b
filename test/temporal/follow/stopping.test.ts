// What becomes of a workflow of others whose task is cancelled, or has no time left.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Json } from '../../../src/contract/json.ts';
import type { Task } from '../../../src/contract/task.ts';
import {
  declare,
  idOf,
  LIMIT_MS,
  startFollowedTasks,
  type FollowedTasks,
} from './followed-tasks.ts';

const me = { principal: 'local' };

let tasks: FollowedTasks;

beforeAll(async () => {
  tasks = await startFollowedTasks([
    declare('waitForCancel'),
    declare('terminated', { workflow: { type: 'waitForCancel' }, cancel: 'terminate' }),
    declare('left', { workflow: { type: 'waitFor' }, cancel: 'leave' }),
    declare('brief', { workflow: { type: 'waitForCancel' }, policy: { totalTimeoutSeconds: 2 } }),
    declare('unpolled', { workflow: { taskQueue: 'nobody' }, policy: { queueTimeoutSeconds: 2 } }),
    declare('unknownType', { workflow: { type: 'nothing' }, policy: { queueTimeoutSeconds: 2 } }),
  ]);
}, LIMIT_MS);

afterAll(async () => tasks[Symbol.asyncDispose]());

const start = async (...[operation, args, key]: [string, readonly Json[], string?]) =>
  tasks.start(operation, args, key);
const end = async (task: Task) => tasks.end(task);
const theirWorkflow = (workflowId: string) =>
  tasks.gateway.connected.client.workflow.getHandle(workflowId);

describe('a cancel', () => {
  test('is for the workflow, and confirmed when that has ended', async () => {
    const task = await start('waitForCancel', ['cancelled']);
    await tasks.untilFollowed(task);
    const { cancellation, task: after } = await tasks.gateway.tasks.cancel(me, task.taskRef);
    expect(cancellation).toBe('confirmed');
    expect(after.state).toMatchObject({ error: { code: 'CANCELLED' } });
    expect((await theirWorkflow(idOf(task)).describe()).status.name).toBe('CANCELLED');
  });

  test('of one that completes all the same is told as that', async () => {
    const task = await start('waitForCancel', ['completed']);
    await tasks.untilFollowed(task);
    const { cancellation, task: after } = await tasks.gateway.tasks.cancel(me, task.taskRef);
    expect(cancellation).toBe('already_finished');
    expect(after).toMatchObject({
      cancelRequested: true,
      state: { status: 'completed', result: 'shipped in spite of it' },
    });
  });

  test('terminates where the operation says so', async () => {
    const task = await start('terminated', ['completed']);
    await tasks.untilFollowed(task);
    expect(await tasks.gateway.tasks.cancel(me, task.taskRef)).toMatchObject({
      cancellation: 'confirmed',
    });
    expect((await theirWorkflow(idOf(task)).describe()).status.name).toBe('TERMINATED');
  });

  test('leaves the workflow alone where the operation says so', async () => {
    const task = await start('left', [60_000]);
    await tasks.untilFollowed(task);
    await tasks.gateway.tasks.cancel(me, task.taskRef);
    expect(await end(task)).toMatchObject({
      error: {
        code: 'CANCELLED',
        message: expect.stringMatching(/^the task was cancelled; the workflow .* goes on/),
        details: { workflow: { may_go_on: true } },
      },
    });
    expect((await theirWorkflow(idOf(task)).describe()).status.name).toBe('RUNNING');
  });
});

describe('a task whose time is over before its workflow ends', () => {
  test('asks it to cancel, and says so', async () => {
    const task = await start('brief', ['cancelled']);
    expect(await end(task)).toMatchObject({
      error: {
        code: 'DEADLINE_EXCEEDED',
        message: expect.stringMatching(
          /before the workflow .* ended; .* was asked to cancel, and has ended$/,
        ),
        details: { workflow: { id: idOf(task), may_go_on: false } },
      },
    });
  });

  test('ends a workflow that no worker polls for, and says which queue it is', async () => {
    expect(await end(await start('unpolled', []))).toMatchObject({
      error: {
        code: 'QUEUE_TIMEOUT',
        message: expect.stringMatching(
          /^no worker polls the task queue nobody in the namespace default; .*; nothing was run, and the workflow .* was terminated$/,
        ),
      },
    });
  });

  test('says what its workers say who cannot run it', async () => {
    expect(await end(await start('unknownType', []))).toMatchObject({
      error: {
        code: 'QUEUE_TIMEOUT',
        message: expect.stringMatching(
          /^no worker of the task queue orders can run nothing: .*nothing/,
        ),
      },
    });
  });
});

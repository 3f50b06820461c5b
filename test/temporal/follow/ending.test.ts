// How tasks end that are workflows of others: as those end.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../../src/contract/json.ts';
import type { Task } from '../../../src/contract/task.ts';
import { defineActivity } from '../../support/operations/declared.ts';
import { countActions, readCosts } from './actions.ts';
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
    ...['waitFor', 'goOn', 'fail', 'failToCharge', 'waitForCancel', 'bytes'].map((name) =>
      declare(name),
    ),
    declare('partOf', { workflow: { type: 'waitFor', result: '/order/state' } }),
    declare('join', {
      workflow: { type: 'waitForCancel', id: 'joined{none}', onConflict: 'join' },
    }),
    declare('sameId', { workflow: { type: 'waitFor', id: 'the-same' } }),
    declare('patient', {
      workflow: { type: 'waitForCancel' },
      policy: { heartbeatTimeoutSeconds: 100 },
    }),
    declare('retried', {
      workflow: { type: 'failFirst', id: 'retried{none}', onConflict: 'join' },
    }),
    ...[{ name: 'paid' }, { name: 'checked', output: { type: 'string' } }].map(
      ({ name, ...more }) =>
        defineActivity(name, {
          ...{ kind: 'activity', description: 'An activity of somebody else.', ...more },
          input: { type: 'object', properties: { one: {}, two: {}, three: {} } },
          activity: { type: 'chargeInParts', taskQueue: 'orders', args: ['{one}'] },
        }),
    ),
    declare('elsewhere', { workflow: { namespace: 'nowhere' } }),
  ]);
}, LIMIT_MS);

afterAll(async () => tasks[Symbol.asyncDispose]());

const start = async (...[operation, args, key]: [string, readonly Json[], string?]) =>
  tasks.start(operation, args, key);
const end = async (task: Task) => tasks.end(task);
const theirWorkflow = (workflowId: string) =>
  tasks.gateway.connected.client.workflow.getHandle(workflowId);

describe('the end of a task is that of its workflow', () => {
  test('with its result', async () => {
    const task = await start('waitFor', [300, { shipped: true }]);
    expect(await end(task)).toMatchObject({ status: 'completed', result: { shipped: true } });
  });

  test('with a part of its result', async () => {
    const task = await start('partOf', [1, { order: { state: 'shipped' } }]);
    expect(await end(task)).toMatchObject({ status: 'completed', result: 'shipped' });
  });

  test('over all the runs in which it goes on', async () => {
    const task = await start('goOn', [3]);
    expect(await end(task)).toMatchObject({ status: 'completed', result: 'at last' });
  });

  test('over the retries of its own policy', async () => {
    const { client } = tasks.gateway.connected;
    const options = { taskQueue: 'orders', retry: { initialInterval: '100ms' } } as const;
    const theirs = await client.workflow.start('failFirst', { ...options, workflowId: 'retried' });
    const task = await start('retried', []);
    await tasks.untilFollowed(task);
    await theirs.signal('go');
    expect(await end(task)).toMatchObject({ result: 'shipped at attempt 2' });
  });

  test('over the end of our worker, which hands it on', async () => {
    const task = await start('patient', ['completed']);
    await tasks.untilFollowed(task);
    await tasks.replaceWorker();
    const { client } = tasks.gateway.connected;
    const own = client.workflow.getHandle(`local:${task.idempotencyKey}`);
    // One that said nothing would be missed after ten minutes, or say so with its next poll.
    expect((await own.describe()).raw.pendingActivities?.[0]?.attempt).toBe(2);
    await theirWorkflow(idOf(task)).cancel();
    expect(await end(task)).toMatchObject({ result: 'shipped in spite of it' });
  });

  test('over a reset', async () => {
    const task = await start('waitFor', [1_000, 'after the reset']);
    await tasks.untilFollowed(task);
    const { client, namespace } = tasks.gateway.connected;
    const { runId } = await theirWorkflow(idOf(task)).describe();
    while ((await theirWorkflow(idOf(task)).describe()).historyLength < 5) await sleep(20);
    const reset = await client.workflowService.resetWorkflowExecution({
      namespace,
      workflowExecution: { workflowId: idOf(task), runId },
      reason: 'an operator resets it',
      requestId: 'reset',
      workflowTaskFinishEventId: 4 as never, // the types demand a Long
    });
    expect(reset.runId).not.toBe(runId);
    expect(await end(task)).toMatchObject({ status: 'completed', result: 'after the reset' });
  });

  test('with type, message and cause of its failure', async () => {
    const final = await end(await start('fail', ['OutOfStock', 'no chairs left', true]));
    expect(final).toMatchObject({
      status: 'failed',
      error: {
        code: 'UPSTREAM_REJECTED',
        retryable: false,
        details: { failure: { type: 'OutOfStock', message: 'no chairs left', retryable: false } },
      },
    });
    expect(await end(await start('fail', ['Busy', 'try tomorrow', false]))).toMatchObject({
      error: { code: 'UPSTREAM_UNAVAILABLE', retryable: true },
    });
    expect(await end(await start('fail', ['RATE_LIMITED', 'slower', false]))).toMatchObject({
      error: { code: 'RATE_LIMITED' },
    });
    const charged = await end(await start('failToCharge', ['17']));
    expect(charged).toMatchObject({
      error: {
        code: 'UPSTREAM_REJECTED',
        message: expect.stringContaining('failed with CardDeclined: the card was declined'),
        details: { failure: { causes: [expect.stringContaining('ActivityFailure')] } },
      },
    });
  });

  test('also when somebody else ends it', async () => {
    const terminated = await start('waitFor', [60_000]);
    const cancelled = await start('waitForCancel', ['cancelled']);
    await tasks.untilFollowed(terminated);
    await tasks.untilFollowed(cancelled);
    await theirWorkflow(idOf(terminated)).terminate('out of business');
    await theirWorkflow(idOf(cancelled)).cancel();
    expect(await end(terminated)).toMatchObject({
      error: {
        code: 'TERMINATED',
        message: expect.stringMatching(/was terminated: out of business$/),
      },
    });
    expect(await end(cancelled)).toMatchObject({
      error: {
        code: 'CANCELLED',
        message: expect.stringMatching(/^the workflow .* was cancelled$/),
      },
    });
  });
});

describe('a workflow that runs already', () => {
  test('is joined where the operation says so, and outlives nobody', async () => {
    const first = await start('join', ['cancelled'], 'one');
    const second = await start('join', ['cancelled'], 'another');
    while ((await tasks.gateway.tasks.read(me, second.taskRef)).state.status !== 'processing') {
      await sleep(20);
    }
    await sleep(300);
    await theirWorkflow('joined').signal('never-read');
    await theirWorkflow('joined').terminate('the end');
    expect(await end(first)).toMatchObject({ error: { code: 'TERMINATED' } });
    expect(await end(second)).toMatchObject({ error: { code: 'TERMINATED' } });
  });

  test('is not joined by a request with other arguments', async () => {
    const first = await start('join', ['completed'], 'two');
    await sleep(300);
    const other = await end(await start('join', ['cancelled'], 'three'));
    expect(other).toMatchObject({
      error: { code: 'UPSTREAM_REJECTED', message: expect.stringContaining('other arguments') },
    });
    await tasks.gateway.tasks.cancel(me, first.taskRef);
    expect(await end(first)).toMatchObject({ status: 'completed' });
  });

  test('refuses the task otherwise', async () => {
    const first = await start('sameId', [2_000, 'first'], 'four');
    await sleep(300);
    expect(await end(await start('sameId', [1, 'second'], 'five'))).toMatchObject({
      error: {
        code: 'UPSTREAM_REJECTED',
        message: expect.stringContaining('declare onConflict: join'),
      },
    });
    expect(await end(first)).toMatchObject({ result: 'first' });
  });
});

test('a namespace that is not there is named', async () => {
  expect(await end(await start('elsewhere', []))).toMatchObject({
    error: { code: 'UPSTREAM_REJECTED', message: expect.stringContaining('nowhere') },
  });
});

test('a result that is no JSON is told as that', async () => {
  expect(await end(await start('bytes', []))).toMatchObject({
    error: {
      code: 'OUTCOME_UNKNOWN',
      message: expect.stringContaining('completed, but its result cannot be read: it is no JSON'),
    },
  });
});

describe('what a task costs is what the page says', () => {
  const count = async (workflowId: string) =>
    countActions(await theirWorkflow(workflowId).fetchHistory());
  const ownId = ({ idempotencyKey }: Task) => `local:${idempotencyKey}`;

  const START = ['the task starts', 'attempts'];
  const FOLLOW = [...START, 'following', 'the memo names what is followed'];

  test('of a workflow', async () => {
    const task = await start('goOn', [0]);
    await end(task);
    const whole = [...FOLLOW, 'your workflow starts'];
    expect((await count(ownId(task))) + (await count(idOf(task)))).toBe(
      await readCosts('`kind: workflow`', whole),
    );
  });

  test('of an activity, and of one whose result is checked', async () => {
    const [paid, checked] = [await start('paid', ['23']), await start('checked', ['24'])];
    await Promise.all([end(paid), end(checked)]);
    expect(await count(ownId(paid))).toBe(await readCosts('`kind: activity`', START));
    const whole = [...START, 'a declared `output` or `result` is checked'];
    expect(await count(ownId(checked))).toBe(await readCosts('`kind: activity`', whole));
  });

  test('of a cancel', async () => {
    const task = await start('waitForCancel', ['cancelled']);
    await tasks.untilFollowed(task);
    await tasks.gateway.tasks.cancel(me, task.taskRef);
    await end(task);
    // Of the workflow itself: its start, the timer that it waits with, and the one that it takes to end.
    const theirs = (await count(idOf(task))) - 3;
    expect((await count(ownId(task))) + theirs).toBe(
      await readCosts('`kind: workflow`', [...FOLLOW, 'a cancel']),
    );
  });
});

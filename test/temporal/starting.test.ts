// Starting tasks through several gateways over one real server.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../src/contract/json.ts';
import type { RunningWorker } from '../../src/temporal/worker/worker.ts';
import { createTestOperations } from '../support/operations/test-operations.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const MAX_RESULT_BYTES = 256 * 1024;
const me = { principal: 'local' };
const { registry, runs } = createTestOperations();
let temporal: TestTemporal;
let one: TestGateway;
let other: TestGateway;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTestTemporal();
  // At the same time, on a namespace that does not know the search attributes yet.
  [one, other] = await Promise.all([
    openTestGateway(temporal.address, registry, { eager: true }),
    openTestGateway(temporal.address, registry),
  ]);
  worker = await startTestWorker(one, registry);
});

afterAll(async () => {
  await worker.stop();
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await temporal[Symbol.asyncDispose]();
});

describe('a new key', () => {
  test('starts a task that runs once and keeps its instants', async () => {
    const { task, deduplicated } = await one.tasks.start(me, {
      operation: 'work',
      parameters: { label: 'new', ms: 50 },
      idempotencyKey: 'new',
    });
    expect(deduplicated).toBe(false);
    expect(task).toMatchObject({
      operation: 'work',
      idempotencyKey: 'new',
      deadline: task.createdAt + 120_000,
      expiresAt: null,
      state: { status: 'pending' },
    });
    const done = await one.tasks.wait(me, task.taskRef, 60_000);
    expect(done).toMatchObject({
      taskRef: task.taskRef,
      createdAt: task.createdAt,
      state: { status: 'completed', result: 'new', attempt: 1 },
    });
    expect(done.updatedAt).toBeGreaterThanOrEqual(done.createdAt);
    expect(done.expiresAt).toBeGreaterThan(done.createdAt + 47 * 60 * 60 * 1_000);
    expect(runs.get('new')).toBe(1);
    expect(await other.tasks.read(me, task.taskRef)).toEqual(done);
  });

  test('is made up for a caller who sent none', async () => {
    const request = { operation: 'echo', parameters: { value: 1 } };
    const [first, second] = [
      await one.tasks.start(me, request),
      await one.tasks.start(me, request),
    ];
    expect(first.task.idempotencyKey).toMatch(/^[A-Za-z0-9_-]{12}$/);
    expect(second.task.taskRef).not.toBe(first.task.taskRef);
  });

  test('may be anything visible', async () => {
    const idempotencyKey = `~weird/key'"%:${'ü'.repeat(50)}`;
    const { task } = await one.tasks.start(me, {
      operation: 'echo',
      parameters: { value: 1 },
      idempotencyKey,
    });
    const { idempotencyKey: shown } = await other.tasks.wait(me, task.taskRef, 60_000);
    expect(shown).toBe(idempotencyKey);
  });
});

describe('a repeated key', () => {
  const request = (label: string, ms = 200) => ({
    operation: 'work',
    parameters: { label, ms },
    idempotencyKey: `repeated ${label}`,
  });

  test('gives the task that runs, on every gateway', async () => {
    const first = await one.tasks.start(me, request('running', 60_000));
    const second = await other.tasks.start(me, request('running', 60_000));
    expect(second.deduplicated).toBe(true);
    expect(second.task.taskRef).toBe(first.task.taskRef);
    expect(second.task.createdAt).toBe(first.task.createdAt);
    await one.tasks.cancel(me, first.task.taskRef);
  });

  test('gives the outcome of the task that ended, and runs nothing', async () => {
    const first = await one.tasks.start(me, request('ended'));
    const done = await one.tasks.wait(me, first.task.taskRef, 60_000);
    for (const gateway of [one, other]) {
      expect(await gateway.tasks.start(me, request('ended'))).toEqual({
        task: done,
        deduplicated: true,
      });
    }
    expect(runs.get('ended')).toBe(1);
  });

  test('sent 50 times at once to two gateways is one task, new to one caller, run once', async () => {
    const started = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        (index % 2 === 0 ? one : other).tasks.start(me, request('at once')),
      ),
    );
    expect(new Set(started.map(({ task }) => task.taskRef)).size).toBe(1);
    expect(started.filter(({ deduplicated }) => !deduplicated)).toHaveLength(1);
    await one.tasks.wait(me, started[0]!.task.taskRef, 60_000);
    expect(runs.get('at once')).toBe(1);
  });

  test('with parameters in another order is the same request', async () => {
    const { task } = await one.tasks.start(me, request('ordered'));
    const again = await one.tasks.start(me, {
      ...request('ordered'),
      parameters: { ms: 200, label: 'ordered' },
    });
    expect(again).toMatchObject({ deduplicated: true, task: { taskRef: task.taskRef } });
  });

  test.each([
    ['parameters', { parameters: { label: 'other', ms: 1 } }],
    ['operation', { operation: 'work_again' }],
  ])('with another %s is a conflict that names the task', async (what, more) => {
    const { task } = await one.tasks.start(me, request(`conflict of ${what}`));
    const conflict = other.tasks.start(me, { ...request(`conflict of ${what}`), ...more });
    await expect(conflict).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
      details: { operation_type: 'work', task_ref: task.taskRef },
    });
  });

  test('of another principal is another task', async () => {
    const mine = await one.tasks.start(me, request('ours'));
    const theirs = await one.tasks.start({ principal: 'other' }, request('ours'));
    expect(theirs.deduplicated).toBe(false);
    expect(theirs.task.taskRef).not.toBe(mine.task.taskRef);
  });

  test('is derived from the parameters where the operation says so', async () => {
    const derived = (ms: number) => ({
      operation: 'work_once_per_label',
      parameters: { label: 'derived', ms },
    });
    const first = await one.tasks.start(me, derived(10));
    const second = await other.tasks.start(me, derived(10));
    expect(second).toMatchObject({ deduplicated: true, task: { taskRef: first.task.taskRef } });
    expect(first.task.idempotencyKey).toBe('label/derived');
    await expect(other.tasks.start(me, derived(11))).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
    });
  });
});

describe('a task_ref is unknown, with one answer,', () => {
  const shape = 'AaH8BmGJcfiFdqcL-Jp5lA';
  test.each([
    ['when it is malformed', async () => 'what?'],
    ['when nothing has its key', async () => `nothing.${shape}`],
    [
      'when its key is known and its secret is guessed',
      async () => {
        const { task } = await one.tasks.start(me, {
          operation: 'echo',
          parameters: { value: 1 },
        });
        return `${task.idempotencyKey}.${shape}`;
      },
    ],
    [
      'when it is somebody else’s',
      async () => {
        const request = { operation: 'echo', parameters: { value: 1 } };
        return (await one.tasks.start({ principal: 'other' }, request)).task.taskRef;
      },
    ],
    [
      'when a workflow that is no task has its id',
      async () => {
        const { firstExecutionRunId: runId } = await one.connected.client.workflow.start('other', {
          workflowId: 'local:foreign',
          taskQueue: 'nobody',
        });
        const bytes = Buffer.from(runId.replaceAll('-', ''), 'hex');
        return `foreign.${bytes.toString('base64url')}`;
      },
    ],
  ])('%s', async (_, taskRef) => {
    const ref = await taskRef();
    const answers = await Promise.allSettled([
      one.tasks.read(me, ref),
      one.tasks.wait(me, ref, 5_000),
      one.tasks.cancel(me, ref),
    ]);
    const expected = {
      code: 'TASK_NOT_FOUND',
      message: expect.stringContaining('no task of this caller'),
    };
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 'rejected', reason: expected });
    }
  });
});

describe('a request is refused before anything starts', () => {
  test.each([
    ['of an unknown operation', { operation: 'wrok', parameters: {} }, 'UNKNOWN_OPERATION'],
    ['with bad parameters', { operation: 'work', parameters: { ms: 'x' } }, 'INVALID_PARAMETERS'],
    [
      'with parameters that are too large',
      { operation: 'echo', parameters: { value: 'x'.repeat(600_000) } },
      'INVALID_PARAMETERS',
    ],
  ])('%s', async (_, request, code) => {
    const key = `refused ${code}`;
    await expect(one.tasks.start(me, { ...request, idempotencyKey: key })).rejects.toMatchObject({
      code,
    });
    expect(await one.tasks.list(me, { limit: 1, idempotencyKey: key })).toMatchObject({
      tasks: [],
    });
  });
});

describe('a result', () => {
  const echo = async (value: Json): Promise<unknown> => {
    const { task } = await one.tasks.start(me, { operation: 'echo', parameters: { value } });
    await one.tasks.wait(me, task.taskRef, 60_000);
    return (await other.tasks.read(me, task.taskRef)).state;
  };

  test('comes back as it was, whatever JSON it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        // JSON has one zero; a key __proto__ is refused with the parameters.
        const json = JSON.parse(JSON.stringify(value)) as Json;
        fc.pre(!JSON.stringify(json).includes('__proto__'));
        expect(await echo(json)).toEqual({ status: 'completed', result: json, attempt: 1 });
      }),
      { numRuns: 25 },
    );
  });

  test('may be as large as the limit', async () => {
    const value = 'é'.repeat(MAX_RESULT_BYTES / 2 - 1);
    expect(await echo(value)).toEqual({ status: 'completed', result: value, attempt: 1 });
  });

  test('above the limit ends the task with its size', async () => {
    expect(await echo('é'.repeat(MAX_RESULT_BYTES / 2))).toMatchObject({
      status: 'failed',
      error: {
        code: 'RESULT_TOO_LARGE',
        retryable: false,
        details: { bytes: MAX_RESULT_BYTES + 2, limit: MAX_RESULT_BYTES },
      },
    });
  });
});

// The call of another server's tool, which answers, or becomes a task of that server.
import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import { INPUT_SIGNAL } from '../../src/contract/input.ts';
import { createOperation } from '../../src/operations/create.ts';
import type { CallSteps, Operation } from '../../src/operations/operation.ts';
import { UnreadPoll } from '../../src/operations/poll-error.ts';
import { TEST_TASKS_QUEUE } from '../support/temporal/tasks-without-gateway.ts';
import { untilAsked } from '../support/temporal/until-asked.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';

const tasks = useTimeSkippingTasks();
const question = { message: 'Really?', requestedSchema: { type: 'object', properties: {} } };
const accept = { action: 'accept', content: {} } as const;
const polling = { initialIntervalMs: 1_000, backoffMultiplier: 2, maxIntervalMs: 60_000 };
const followed = async () => ({ followed: { handle: 'task-1' }, staysHere: false });

function defineCall(steps: Partial<CallSteps>): Operation {
  return createOperation({
    name: 'tool',
    description: 'for tests',
    inputSchema: {},
    outputSchema: null,
    policy: undefined,
    idempotent: false,
    accept: () => ({}),
    steps: {
      kind: 'call',
      polling,
      call: followed,
      isHeld: () => true,
      waitsFor: async () => true,
      poll: async () => Promise.reject(new Error('it is not to be polled')),
      ...steps,
    },
  });
}

const start = async () => tasks.start('tool', { kind: 'call', policy: { totalMs: 3_600_000 } });

describe('a call', () => {
  test('that is answered ends with its attempt', async () => {
    const tool = defineCall({ call: async () => ({ result: { content: [] } }) });
    await tasks.withWorker([tool], async () => {
      expect(await (await start()).end()).toEqual({ result: { content: [] }, attempt: 1 });
    });
  });

  test('that became a task is polled, asks, and goes on with the answers', async () => {
    const seen: unknown[] = [];
    const tool = defineCall({
      poll: async ({ handle }, { ask, inputResponses }) => {
        seen.push(handle);
        if (seen.length < 3) return { done: false };
        ask({ sure: question });
        if (seen.length < 5) return { done: false };
        ask({ really: question });
        return { done: true, result: inputResponses as never };
      },
    });
    await tasks.withWorker([tool], async () => {
      const task = await start();
      await untilAsked(task, (asked) => 'sure' in asked);
      await task.handle.signal(INPUT_SIGNAL, { sure: accept });
      await untilAsked(task, (asked) => 'really' in asked);
      await task.handle.signal(INPUT_SIGNAL, { really: accept });
      expect(await task.end()).toEqual({ result: { sure: accept, really: accept }, attempt: 1 });
      expect(new Set(seen)).toEqual(new Set(['task-1']));
    });
  });

  test.each([
    ['is cancelled upstream when its task is', 'CANCELLED', /./],
    ['is cancelled upstream when nobody answers', 'DEADLINE_EXCEEDED', /cancelled upstream$/],
  ])('that asks %s', async (_, code, message) => {
    const cancelled: unknown[] = [];
    const tool = defineCall({
      poll: async (_job, { ask }) => ask({ sure: question }) as never,
      cancel: async ({ handle }) => void cancelled.push(handle),
    });
    await tasks.withWorker([tool], async () => {
      const task = await start();
      await untilAsked(task);
      if (code === 'CANCELLED') await task.handle.cancel();
      expect(await task.end()).toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
      expect(cancelled).toEqual(['task-1']);
    });
  });

  test('whose task is known no more ends so, and asks for no cancel', async () => {
    const lost = new OperationError('OUTCOME_UNKNOWN', 'the server no longer knows it');
    const tool = defineCall({
      poll: async () => Promise.reject(new UnreadPoll(lost, false, false)),
      cancel: async () => Promise.reject(new Error('it is not to be cancelled')),
    });
    await tasks.withWorker([tool], async () => {
      expect(await (await start()).end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message: 'the server no longer knows it',
      });
    });
  });

  test('that ends by itself while it waits for an answer brings what it came to, however late that is', async () => {
    let polls = 0;
    const tool = defineCall({
      call: async (_, { hasAsked, ask }) => {
        if (!hasAsked) ask({ sure: question });
        return { result: 'nobody answered' };
      },
      isHeld: () => (polls += 1) < 20,
    });
    const during = async () => {
      const task = await start();
      expect(await task.end()).toEqual({ result: 'nobody answered', attempt: 2 });
      expect(polls).toBe(20);
      expect((await task.handle.describe()).historyLength).toBeLessThan(25);
    };
    await tasks.withWorker([tool], during, { holder: TEST_TASKS_QUEUE });
  });

  test('that became a task which ends by itself while a person thinks is polled without an answer', async () => {
    const asked: unknown[] = [];
    const tool = defineCall({
      poll: async (_, { ask }) => {
        if (asked.length === 0) ask({ sure: question });
        return { done: true, result: 'nobody answered' };
      },
      waitsFor: async (questions, { handle }) => asked.push([...questions, handle]) < 20,
    });
    await tasks.withWorker([tool], async () => {
      const task = await start();
      expect(await task.end()).toEqual({ result: 'nobody answered', attempt: 1 });
      expect(asked).toEqual(Array.from({ length: 20 }, () => ['sure', 'task-1']));
      expect((await task.handle.describe()).historyLength).toBeLessThan(25);
    });
  });

  test('that became a task of a server which is away for long ends with what is known, however the cancel fares', async () => {
    let polls = 0;
    const silent = new OperationError(
      'OUTCOME_UNKNOWN',
      'its server does not say what becomes of it',
    );
    const tool = defineCall({
      poll: async (_, { ask }) => ask({ sure: question }) as never,
      waitsFor: async () => {
        polls += 1;
        if (polls === 3 || polls > 5) throw new UnreadPoll(silent);
        return true;
      },
      cancel: async () => Promise.reject(new OperationError('UPSTREAM_UNAVAILABLE', 'it is away')),
    });
    await tasks.withWorker([tool], async () => {
      expect(await (await start()).end()).toMatchObject({
        code: 'OUTCOME_UNKNOWN',
        message:
          'its server does not say what becomes of it; 6 polls in a row said nothing about the job; ' +
          'the job "task-1" may go on upstream, since its cancel was not confirmed: it is away',
      });
      expect(polls).toBe(11);
    });
  });

  test('that waits for an answer is ended when its task is cancelled', async () => {
    const ended: unknown[] = [];
    const tool = defineCall({
      call: async (_, { ask }) => ask({ sure: question }) as never,
      cancel: async ({ handle }) => void ended.push(handle),
    });
    const during = async () => {
      const task = await start();
      await untilAsked(task);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(ended).toEqual([null]);
    };
    await tasks.withWorker([tool], during, { holder: TEST_TASKS_QUEUE });
  });

  test('that a worker held which is gone is taken up by another', async () => {
    const tool = defineCall({
      call: async (_, { inputResponses, ask }) => {
        ask({ sure: question });
        return { followed: { handle: inputResponses }, staysHere: true };
      },
      poll: async ({ handle }) => ({ done: true, result: handle }),
    });
    const during = async () => {
      const task = await start();
      await untilAsked(task);
      await task.handle.signal(INPUT_SIGNAL, { sure: accept });
      expect(await task.end()).toEqual({ result: { sure: accept }, attempt: 2 });
      expect((await task.handle.describe()).historyLength).toBeGreaterThan(10);
    };
    await tasks.withWorker([tool], during, { holder: 'of-nobody' });
  });
});

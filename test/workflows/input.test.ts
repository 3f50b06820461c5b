import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  INPUT_SIGNAL,
  InputRequired,
  type InputRequests,
  type InputResponses,
} from '../../src/contract/input.ts';
import type { OperationContext } from '../../src/operations/context.ts';
import { untilEvent, type TestTask } from '../support/temporal/test-task.ts';
import { until } from '../support/operations/context.ts';
import { defineRefund, defineTrain } from '../support/operations/define.ts';
import { hostileJson } from '../support/operations/hostile-values.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';
import { untilAsked } from '../support/temporal/until-asked.ts';

const tasks = useTimeSkippingTasks();

const HOUR = 3_600_000;
const question = (message: string) => ({
  message,
  requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } } },
});
const accept = (ok: boolean) => ({ action: 'accept', content: { ok } }) as const;
const answer = async (task: TestTask, responses: InputResponses) =>
  task.handle.signal(INPUT_SIGNAL, responses);

const asksOnce = ({ ask, attempt }: OperationContext) => {
  const { confirm } = ask({ confirm: question('Pay?') });
  return { confirm, attempt } as never;
};

describe('an attempt that asks', () => {
  test('is followed by one that has the answer', async () => {
    await tasks.withWorker([defineRefund(async (context) => asksOnce(context))], async () => {
      const task = await tasks.start('refund');
      expect(await untilAsked(task)).toEqual({ confirm: question('Pay?') });
      await answer(task, { confirm: accept(true) });
      expect(await task.end()).toEqual({
        result: { confirm: accept(true), attempt: 2 },
        attempt: 2,
      });
    });
  });

  test('hears of a question that was declined or dismissed', async () => {
    const seen: unknown[] = [];
    const operation = defineRefund(async ({ ask }) => {
      seen.push(ask({ confirm: question('Pay?'), again: question('Sure?') }));
      return 'told';
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await untilAsked(task);
      await answer(task, { confirm: { action: 'decline' }, again: { action: 'cancel' } });
      expect(await task.end()).toMatchObject({ result: 'told' });
      expect(seen).toEqual([{ confirm: { action: 'decline' }, again: { action: 'cancel' } }]);
    });
  });

  test('waits for every answer; the first to a key holds, and strangers are ignored', async () => {
    const operation = defineRefund(async ({ ask }) => {
      return ask({ one: question('1?'), two: question('2?') });
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await untilAsked(task);
      await answer(task, { one: accept(true), stranger: accept(true) });
      expect(await untilAsked(task, (asked) => !('one' in asked))).toEqual({ two: question('2?') });
      await answer(task, { one: accept(false) });
      await answer(task, { two: { action: 'nonsense' } as never });
      await answer(task, { two: accept(false) });
      expect(await task.end()).toMatchObject({
        result: { one: accept(true), two: accept(false) },
      });
    });
  });

  test('takes no harm from anything else that a signal can carry', async () => {
    await tasks.withWorker([defineRefund(async (context) => asksOnce(context))], async () => {
      const task = await tasks.start('refund');
      await untilAsked(task);
      const signal = fc.oneof(
        hostileJson,
        hostileJson.map((confirm) => ({ confirm })),
        hostileJson.map((content) => ({ stranger: { action: 'accept', content } })),
      );
      const property = fc.asyncProperty(signal, async (given) => answer(task, given as never));
      await fc.assert(property, { numRuns: 30 });
      await answer(task, { confirm: accept(true) });
      expect(await task.end()).toMatchObject({ result: { confirm: accept(true) } });
    });
  });

  test('may ask again: a repeated key becomes a question of its own', async () => {
    const operation = defineRefund(async ({ ask, inputResponses }) => {
      const { confirm } = ask({ confirm: question('Pay?') });
      if (confirm.action === 'decline') throw new InputRequired({ confirm: question('Really?') });
      return inputResponses;
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await untilAsked(task);
      await answer(task, { confirm: { action: 'decline' } });
      const asked = await untilAsked(task, (requests) => 'confirm-2' in requests);
      expect(asked).toEqual({ 'confirm-2': question('Really?') });
      await answer(task, { confirm: accept(false) });
      await answer(task, { 'confirm-2': accept(true) });
      expect(await task.end()).toEqual({ result: { confirm: accept(true) }, attempt: 3 });
    });
  });

  test('has the time that was left when it asked, however long the answer took', async () => {
    await tasks.withWorker([defineRefund(async (context) => asksOnce(context))], async () => {
      const task = await tasks.start('refund', { policy: { totalMs: 60_000, queueMs: 60_000 } });
      await untilAsked(task);
      await tasks.sleep(20 * HOUR);
      await answer(task, { confirm: accept(true) });
      expect(await task.end()).toMatchObject({ attempt: 2 });
    });
  });

  test('fails when nobody answers in time, and says which question was left', async () => {
    await tasks.withWorker([defineRefund(async (context) => asksOnce(context))], async () => {
      const task = await tasks.start('refund');
      expect(await task.end()).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        message: 'no answer to `confirm` came within 86400 s',
        attempt: 1,
      });
    });
  });

  test('can be cancelled while it waits', async () => {
    await tasks.withWorker([defineRefund(async (context) => asksOnce(context))], async () => {
      const task = await tasks.start('refund');
      await untilAsked(task);
      await task.handle.cancel();
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
    });
  });

  test('asks nobody after a cancel', async () => {
    let began = false;
    let isCancelled = false;
    const operation = defineRefund(async (context) => {
      began = true;
      await until(() => isCancelled);
      return asksOnce(context);
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund');
      await until(() => began);
      await task.handle.cancel();
      await untilEvent(task, 'ActivityTaskCancelRequested');
      isCancelled = true;
      expect(await task.end()).toMatchObject({ code: 'CANCELLED' });
      expect(await task.events()).not.toContain('WorkflowExecutionContinuedAsNew');
    });
  });

  test('keeps its failures in mind', async () => {
    const operation = defineRefund(async ({ ask, attempt }) => {
      if (attempt !== 2) throw Object.assign(new Error('busy'), { code: 'UPSTREAM_UNAVAILABLE' });
      return ask({ confirm: question('Pay?') });
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { retry: { attempts: 1 } });
      await untilAsked(task);
      await answer(task, { confirm: accept(true) });
      expect(await task.end()).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', attempt: 3 });
    });
  });

  test('in a form that no client can show fails', async () => {
    const broken = { confirm: { message: '', requestedSchema: {} } } as InputRequests;
    const operation = defineRefund(async () => Promise.reject(new InputRequired(broken)));
    await tasks.withWorker([operation], async () => {
      expect(await (await tasks.start('refund')).end()).toMatchObject({
        code: 'INTERNAL',
        message: expect.stringMatching(/no client can show: \/confirm\/message/),
      });
    });
  });
});

describe('questions before the first attempt', () => {
  const asked = {
    requests: { confirm: question('Pay?') },
    keys: { confirm: 'confirm', name: 'name' },
    responses: { name: accept(true) },
  };

  test('are waited for, and the first attempt has all answers', async () => {
    const operation = defineRefund(async ({ inputResponses }) => inputResponses);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { asked });
      await answer(task, { confirm: accept(false) });
      expect(await task.end()).toEqual({
        result: { name: accept(true), confirm: accept(false) },
        attempt: 1,
      });
    });
  });

  test('that are answered already cost nothing', async () => {
    const operation = defineRefund(async ({ inputResponses }) => inputResponses);
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('refund', { asked: { ...asked, requests: {} } });
      expect(await task.end()).toEqual({ result: { name: accept(true) }, attempt: 1 });
    });
  });
});

describe('a job', () => {
  test('may ask in its submit', async () => {
    const operation = defineTrain({
      submit: async ({ ask }) => ask({ confirm: question('Train?') }),
      poll: async (handle) => ({ done: true, result: handle }),
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('train', { kind: 'job' });
      await untilAsked(task);
      await answer(task, { confirm: accept(true) });
      expect(await task.end()).toEqual({ result: { confirm: accept(true) }, attempt: 2 });
    });
  });

  test('cannot ask when it is looked at', async () => {
    const operation = defineTrain({
      poll: async (_, { ask }) => ask({ confirm: question('Go on?') }) as never,
    });
    await tasks.withWorker([operation], async () => {
      const task = await tasks.start('train', { kind: 'job' });
      expect(await task.end()).toMatchObject({
        code: 'INTERNAL',
        message:
          'input required: confirm; a job can only ask in its submit; ' +
          'the job "job-1" may go on upstream, since the operation cannot cancel it',
      });
    });
  });
});

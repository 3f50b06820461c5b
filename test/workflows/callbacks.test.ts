import { randomUUID } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { createCallbackActivities } from '../../activities/callback/callback.ts';
import { createCallbackRules } from '../../src/callbacks/rules.ts';
import {
  toDeliveryId,
  type SendEnd,
  type SendInput,
} from '../../src/contract/workflow/callback.ts';
import { INPUT_REQUIRED, INPUT_SIGNAL } from '../../src/contract/input.ts';
import type { Activities } from '../support/temporal/tasks-without-gateway.ts';
import type { TestTask } from '../support/temporal/test-task.ts';
import { startReceiver, toSettings } from '../support/peers/callback-receiver.ts';
import { useTimeSkippingTasks } from '../support/temporal/time-skipping-tasks.ts';
import { untilAsked } from '../support/temporal/until-asked.ts';

const tasks = useTimeSkippingTasks();

const HOUR_MS = 3_600_000;

/** Activities of a task that ends at once, and of its deliveries. */
const toActivities = (activities: object): Activities => ({
  refund: async () => 'done',
  'callback.prepare': async () => ({ id: 'msg_1', body: '{}' }),
  ...activities,
});

/** A receiver that ends attempts so, the last end for ever; `sent` is what was sent. */
function answering(ends: readonly SendEnd[]) {
  const sent: SendInput[] = [];
  const send = async (input: SendInput): Promise<SendEnd> => {
    sent.push(input);
    return ends[Math.min(sent.length, ends.length) - 1]!;
  };
  return { sent, activities: toActivities({ 'callback.send': send }) };
}

/** How a workflow ended, and how many hours it took. */
async function ending(handle: WorkflowHandle): Promise<object> {
  const end: unknown = await handle.result().catch((failure: unknown) => {
    const cause = failure instanceof WorkflowFailedError ? failure.cause : failure;
    return { type: (cause as ApplicationFailure).type, message: (cause as Error).message };
  });
  const { startTime, closeTime } = await handle.describe();
  return { ...(end as object), hours: (closeTime!.getTime() - startTime.getTime()) / HOUR_MS };
}

/**
 * Delivers a callback of no task: after the end of a workflow whose parent has closed, this server skips no more time for
 * anybody.
 */
async function deliver(activities: Activities, url = 'https://hooks.example.com/a') {
  const task = { workflowId: `local:${randomUUID()}`, runId: randomUUID(), principal: 'local' };
  return tasks.withActivities(activities, async () =>
    ending(await tasks.deliver({ task: { ...task, operation: 'refund' }, url })),
  ) as Promise<{ hours: number }>;
}

/** How the delivery of a task's callback ended. */
async function deliveryOf(task: TestTask, index = 0): Promise<object> {
  const { handle } = task;
  await task.end(); // it is started right before
  const { runId } = await handle.describe();
  const id = toDeliveryId({ workflowId: handle.workflowId, runId }, index);
  return ending(handle.client.getHandle(id));
}

const callbacks = ['https://hooks.example.com/a'];
const down: SendEnd = { kind: 'failed', reason: 'answered 503' };

describe('a delivery', () => {
  test('to a receiver that is down for more than an hour arrives, one event that is signed each time anew', async () => {
    await using receiver = await startReceiver([503, 503, 503, 503, 204]);
    const activities = createCallbackActivities({
      rules: createCallbackRules(toSettings(receiver), () => []),
      secret: async (reference) => reference,
      userAgent: 'test',
      maxResultBytes: 1_000,
      readTask: async (_, task_ref) => ({
        task_ref,
        status: 'completed',
        updated_at: '2026-01-01T00:00:00.000Z',
        result: 'done',
      }),
    });
    const { hours, ...end } = await deliver(toActivities(activities), `${receiver.url}/hook`);
    expect(end).toEqual({ status: 204, attempts: 5 });
    expect(hours).toBeGreaterThan(2.5);
    expect(hours).toBeLessThan(3);
    expect(new Set(receiver.ids()).size).toBe(1);
    expect(new Set(receiver.events().map((event) => JSON.stringify(event))).size).toBe(1);
  });

  test('that nobody takes is given up after a day', async () => {
    const { sent, activities } = answering([down]);
    const { hours, ...end } = await deliver(activities);
    expect(end).toEqual({
      type: 'CALLBACK_UNDELIVERED',
      message: 'given up after 8 attempts: answered 503',
    });
    expect(hours).toBeGreaterThanOrEqual(24);
    expect(hours).toBeLessThan(27);
    expect(sent).toHaveLength(8);
  });

  test('to a receiver that is gone ends', async () => {
    const { sent, activities } = answering([down, { kind: 'gone', status: 410 }]);
    expect(await deliver(activities)).toMatchObject({ type: 'CALLBACK_GONE' });
    expect(sent).toHaveLength(2);
  });

  test('waits as long as a receiver asks it to, where that is longer', async () => {
    const asks: SendEnd = { ...down, retryAfterMs: HOUR_MS };
    const { activities } = answering([asks, { kind: 'delivered', status: 200 }]);
    const { hours } = await deliver(activities);
    expect(hours).toBeGreaterThanOrEqual(1);
    expect(hours).toBeLessThan(1.5);
  });

  test('whose worker vanishes while it sends is tried again', async () => {
    let attempts = 0;
    const send = async (): Promise<SendEnd> => {
      attempts += 1;
      if (attempts === 1) throw new Error('stopped');
      return { kind: 'delivered', status: 200 };
    };
    const activities = toActivities({ 'callback.send': send });
    expect(await deliver(activities)).toMatchObject({ status: 200, attempts: 2 });
  });
});

describe('a task', () => {
  const { activities } = answering([{ kind: 'delivered', status: 200 }]);

  test('has a delivery for each of its callbacks', async () => {
    await tasks.withActivities(activities, async () => {
      const task = await tasks.start('refund', { callbacks: [...callbacks, 'https://b.example/'] });
      expect(await deliveryOf(task, 0)).toMatchObject({ status: 200 });
      expect(await deliveryOf(task, 1)).toMatchObject({ status: 200 });
    });
  });

  test('that ran out of time has one, too', async () => {
    let end: (result: string) => void = () => undefined;
    const refund = async () => new Promise<string>((resolve) => (end = resolve));
    await tasks.withActivities({ ...activities, refund }, async () => {
      const limits = { attemptMs: 10_000, totalMs: 10_000 };
      const task = await tasks.start('refund', { callbacks, policy: limits });
      expect(await task.end()).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
      end('too late');
      expect(await deliveryOf(task)).toMatchObject({ status: 200 });
    });
  });

  test('that goes on in another run to ask has one, at its end', async () => {
    const question = { message: '?', requestedSchema: { type: 'object', properties: {} } };
    let runs = 0;
    const asking = async () => {
      runs += 1;
      if (runs > 1) return 'answered';
      throw ApplicationFailure.create({
        type: INPUT_REQUIRED,
        message: 'asks',
        nonRetryable: true,
        details: [{ one: question }],
      });
    };
    await tasks.withActivities({ ...activities, refund: asking }, async () => {
      const task = await tasks.start('refund', { callbacks });
      await untilAsked(task);
      const { handle } = task;
      const latest = handle.client.getHandle(handle.workflowId);
      await latest.signal(INPUT_SIGNAL, { one: { action: 'accept', content: {} } });
      expect(await latest.result()).toMatchObject({ result: 'answered' });
      const { events = [] } = await latest.fetchHistory();
      const started = events?.filter((event) => event.childWorkflowExecutionStartedEventAttributes);
      expect(started).toHaveLength(1);
    });
  });

  test('ends as it would, where nothing can be delivered', async () => {
    const expired = ApplicationFailure.nonRetryable('expired', 'TASK_NOT_FOUND');
    const prepare = async () => Promise.reject(expired);
    await tasks.withActivities({ ...activities, 'callback.prepare': prepare }, async () => {
      const task = await tasks.start('refund', { callbacks });
      await deliveryOf(task);
      expect(await task.end()).toEqual({ result: 'done', attempt: 1 });
    });
  });

  test('without callbacks has none', async () => {
    await tasks.withActivities(activities, async () => {
      const task = await tasks.start('refund', {});
      await task.end();
      expect((await task.events()).filter((type) => type.includes('Child'))).toEqual([]);
    });
  });
});

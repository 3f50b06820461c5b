import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createCallbackActivities } from '../../activities/callback/callback.ts';
import { createConfiguredRules, toCallbackOptions } from '../../src/assembly/callback-parts.ts';
import { listCallbacks, replayCallbacks } from '../../src/commands/callbacks.ts';
import { toTaskAnswer } from '../../src/tasks/answer.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { createTestTasks, type Activities } from '../support/temporal/tasks-without-gateway.ts';
import { CALLER, startCallbackFleet, type CallbackFleet } from './callback-fleet.ts';
import { startChild } from '../support/processes/child.ts';
import { createTestContext, type TestContext } from '../support/processes/command-context.ts';
import { defineRefund } from '../support/operations/define.ts';
import { toCallbackConfig, verify } from '../support/peers/callback-receiver.ts';
import { openTestGateway } from '../support/temporal/gateway-and-worker.ts';
import { createWorkspace } from '../support/files/workspace.ts';

let fleet: CallbackFleet;
beforeAll(async () => {
  fleet = await startCallbackFleet();
});
afterAll(async () => fleet[Symbol.asyncDispose]());

describe('the end of a task', () => {
  test('is told as the caller itself would read it, signed', async () => {
    const task = await fleet.end(await fleet.start('/completed'));
    const [request] = await fleet.received('/completed');
    const polling = {
      initialIntervalMs: 1,
      maxIntervalMs: 1,
      backoffMultiplier: 1,
      waitCapSeconds: 25,
    };
    const { type, timestamp, data } = verify(request!);
    expect(type).toBe('task.completed');
    expect(timestamp).toBe(new Date(task.updatedAt).toISOString());
    expect(data).toEqual(toTaskAnswer(task, polling));
    expect(data['result']).toBe('hello');
    const [delivery] = await fleet.logged(task, 'delivered');
    expect(delivery).toMatchObject({ attempts: 1, last: 'answered 204', nextAt: null });
  });

  test('is told of a task that failed, and of one that was cancelled', async () => {
    const parameters = { code: 'UPSTREAM_REJECTED' };
    await fleet.end(await fleet.start('/failed', { operation: 'fail', parameters }));
    const running = await fleet.start('/cancelled', {
      operation: 'work',
      parameters: { ms: 60_000 },
    });
    await fleet.gateway.tasks.cancel(CALLER, running.taskRef);
    await fleet.end(running);
    const [failed] = await fleet.received('/failed');
    const [cancelled] = await fleet.received('/cancelled');
    expect(verify(failed!)).toMatchObject({
      type: 'task.failed',
      data: { error: { code: 'UPSTREAM_REJECTED' } },
    });
    expect(verify(cancelled!)).toMatchObject({
      type: 'task.failed',
      data: { error: { code: 'CANCELLED' } },
    });
  });

  test('is told to every callback, as one event', async () => {
    await fleet.end(await fleet.start('/named', { operation: 'told', parameters: {} }));
    const [own] = await fleet.received('/told');
    const [named] = await fleet.received('/named');
    expect(verify(own!).data).toEqual(verify(named!).data);
    expect(own!.headers['webhook-id']).toBe(named!.headers['webhook-id']);
  });

  test('is told without a result that is large', async () => {
    const task = await fleet.end(
      await fleet.start('/large', { parameters: { value: 'x'.repeat(1_000) } }),
    );
    const [request] = await fleet.received('/large');
    expect(verify(request!).data).toMatchObject({
      status: 'completed',
      result: null,
      result_omitted: { bytes: 1_002, arguments: { task_ref: task.taskRef } },
    });
  });
});

describe('a receiver that does not answer', () => {
  test('keeps nobody from the outcome, and shows in no list of tasks', async () => {
    let answer: (status: number) => void = () => undefined;
    fleet.answers.set('/slow', new Promise((resolve) => (answer = resolve)));
    const task = await fleet.end(await fleet.start('/slow', { idempotencyKey: 'slow' }));
    expect(task.state).toMatchObject({ status: 'completed', result: 'hello' });
    await fleet.received('/slow');
    expect((await fleet.gateway.tasks.read(CALLER, task.taskRef)).state).toEqual(task.state);
    await fleet.logged(task, 'sending');
    const { tasks: listed } = await fleet.gateway.tasks.list(CALLER, { limit: 100 });
    expect(listed.filter(({ taskRef }) => taskRef === task.taskRef)).toHaveLength(1);
    expect(new Set(listed.map(({ taskRef }) => taskRef)).size).toBe(listed.length);
    answer(204);
    await fleet.logged(task, 'delivered');
  });

  test('is tried again with the same event, at once where somebody asks for it', async () => {
    // The next attempt by itself is an hour away.
    fleet.answers.set('/down', { status: 500, headers: { 'retry-after': '3600' } });
    const task = await fleet.end(await fleet.start('/down'));
    await fleet.received('/down');
    const [delivery] = await fleet.logged(task, 'retrying');
    expect(delivery).toMatchObject({ attempts: 1, last: 'answered 500' });
    expect(delivery!.nextAt).toBeGreaterThan(delivery!.lastAt);
    fleet.answers.delete('/down');
    expect(await fleet.replay(task)).toBe(1);
    const [first, second] = await fleet.received('/down', 2);
    expect(second!.text).toBe(first!.text);
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    verify(second!);
    await fleet.logged(task, 'delivered');
    await fleet.replay(task);
    expect(await fleet.received('/down', 3)).toHaveLength(3);
  });

  test('is left alone once it answered 410', async () => {
    fleet.answers.set('/gone', 410);
    const task = await fleet.end(await fleet.start('/gone'));
    const [delivery] = await fleet.logged(task, 'gone');
    expect(delivery).toMatchObject({ attempts: 1, nextAt: null });
    const next = await fleet.end(await fleet.start('/gone'));
    await fleet.logged(next, 'gone');
    expect(await fleet.received('/gone')).toHaveLength(1);
  });
});

describe('the command line', () => {
  const run = async (
    command: (context: TestContext) => Promise<number>,
  ): Promise<{ exitCode: number; output: string }> => {
    await using workspace = await createWorkspace({ 'longhaul.config.yaml': 'builtins: false' });
    const env = { TEMPORAL_ADDRESS: fleet.temporal.address };
    const context = createTestContext(workspace.directory, env);
    return { exitCode: await command(context), output: context.output() };
  };

  test('lists deliveries for people and for scripts, without what a query may hold', async () => {
    const task = await fleet.end(await fleet.start('/listed?token=hidden'));
    await fleet.logged(task, 'delivered');
    const flags = { task: task.taskRef, limit: 5 };
    const listed = await run(async (context) => listCallbacks(context, flags));
    expect(listed.output).toMatch(new RegExp(`${task.taskRef} +delivered +1 +answered 204`));
    const json = await run(async (context) => listCallbacks(context, { ...flags, json: true }));
    const delivery = {
      task_ref: task.taskRef,
      state: 'delivered',
      receiver: `${fleet.receiver.url}/listed`,
    };
    expect(JSON.parse(json.output)).toMatchObject({ callbacks: [delivery], next_cursor: null });
    expect(listed.output + json.output).not.toContain('hidden');
  });

  test('sends once more', async () => {
    const task = await fleet.end(await fleet.start('/replayed'));
    await fleet.logged(task, 'delivered');
    const { exitCode, output } = await run(async (context) =>
      replayCallbacks(context, task.taskRef, {}),
    );
    expect([exitCode, output]).toEqual([0, expect.stringContaining('on the way')]);
    await fleet.received('/replayed', 2);
  });
});

describe('what is refused', () => {
  test('is a callback that is not allowed, before anything starts', async () => {
    const callbackUrl = 'https://elsewhere.example/';
    const request = { idempotencyKey: 'refused', callbackUrl };
    await expect(fleet.start('', request)).rejects.toMatchObject({ code: 'INVALID_PARAMETERS' });
    const { tasks: listed } = await fleet.gateway.tasks.list(CALLER, {
      limit: 1,
      idempotencyKey: 'refused',
    });
    expect(listed).toEqual([]);
  });

  test('is another callback for a task that there is; the same one, and none, find it', async () => {
    const request = { idempotencyKey: 'once' };
    const { taskRef } = await fleet.start('/once', request);
    expect((await fleet.start('/once', request)).taskRef).toBe(taskRef);
    const parameters = { value: 'hello' };
    const { task } = await fleet.gateway.tasks.start(CALLER, {
      operation: 'echo',
      parameters,
      ...request,
    });
    expect(task.taskRef).toBe(taskRef);
    await expect(fleet.start('/other', request)).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_CONFLICT',
      message: expect.stringContaining('callback_url'),
    });
  });

  test('is to send the callbacks of a task that runs, that has none, or that is of another', async () => {
    const running = await fleet.start('/running', {
      operation: 'work',
      parameters: { ms: 60_000 },
    });
    await expect(fleet.replay(running)).rejects.toThrow('still runs');
    await fleet.gateway.tasks.cancel(CALLER, running.taskRef);
    const parameters = { value: 1 };
    const { task } = await fleet.gateway.tasks.start(CALLER, { operation: 'echo', parameters });
    await fleet.end(task);
    await expect(fleet.replay(task)).rejects.toThrow('without callbacks');
    await expect(fleet.replay(task, 'other')).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });
});

test('a task that an operator terminated tells nothing by itself, and is told when somebody asks', async () => {
  const task = await fleet.start('/terminated', { operation: 'work', parameters: { ms: 60_000 } });
  const workflowId = `local:${task.taskRef.slice(0, task.taskRef.lastIndexOf('.'))}`;
  await fleet.gateway.connected.client.workflow.getHandle(workflowId).terminate();
  await fleet.end(task);
  await fleet.replay(task);
  const [request] = await fleet.received('/terminated');
  expect(verify(request!).data).toMatchObject({ error: { code: 'TERMINATED' } });
});

test('a worker that is killed between the outcome and the delivery leaves the delivery to the next', async () => {
  const config = toCallbackConfig(fleet.receiver);
  const registry = createRegistry([defineRefund(async () => 'done')]);
  const rules = createConfiguredRules(config, registry);
  const options = { taskQueue: 'without-gateway', callbacks: rules };
  await using other = await openTestGateway(fleet.temporal.address, registry, options);
  await using first = startChild(new URL('callback-worker.ts', import.meta.url), [
    fleet.temporal.address,
  ]);
  expect(await first.line()).toBe('ready');
  const { task } = await other.tasks.start(CALLER, {
    operation: 'refund',
    parameters: {},
    callbackUrl: `${fleet.receiver.url}/killed`,
  });
  expect(await first.line()).toBe('reading');
  first.kill('SIGKILL');
  await first.exit;
  const { client, connection } = other.connected;
  const deliveries = createCallbackActivities(
    toCallbackOptions(
      config,
      rules,
      async (...call) => other.tasks.wait(...call),
      async (reference) => reference,
    ),
  );
  await using next = createTestTasks(client, connection);
  await next.withActivities(deliveries as unknown as Activities, async () => {
    expect((await fleet.end(task)).state).toMatchObject({ status: 'completed', result: 'done' });
    const [request] = await fleet.received('/killed');
    expect(verify(request!).data).toMatchObject({ task_ref: task.taskRef, result: 'done' });
  });
});

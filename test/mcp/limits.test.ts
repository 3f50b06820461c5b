// Calls beyond a limit, in the form that each face demands; the task service behind them says no.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../src/contract/errors.ts';
import type { TaskService } from '../../src/tasks/service.ts';
import { createFace } from '../support/gateways/face.ts';
import { connectClient } from '../support/clients/mcp-clients.ts';
import { modernHeaders, send, startGateway, toModern } from '../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../support/clients/json-rpc.ts';
import { startStaticGate } from '../support/gateways/static-gate.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };

const refused = new OperationError('RATE_LIMITED', '2 open tasks are allowed', {
  retryAfterMs: 3_000,
  details: { limit: 'open_tasks', allowed: 2 },
});
const refuse = () => Promise.reject(refused);
const ERROR = {
  code: 'RATE_LIMITED',
  message: '2 open tasks are allowed',
  retryable: true,
  retry_after_ms: 3_000,
  details: { limit: 'open_tasks', allowed: 2 },
};

const withTasks = (change: Partial<TaskService>) => {
  const { tasks, registry } = createFace();
  return { registry, tasks: { ...tasks, ...change } };
};

describe('a start', () => {
  test('is refused to the pair and to a typed tool with the error and the next step', async () => {
    const { target } = createFace(withTasks({ start: refuse }));
    await using client = await connectClient('client 2.4 modern', target);
    const answers = [
      await client.call('initiate_background_task', SLEEP),
      await client.call('sleep', { seconds: 1 }),
    ];
    for (const { isError, json } of answers) {
      expect(isError).toBe(true);
      const next_step = expect.stringMatching(/^Wait 3 s, then repeat the same call/);
      expect(json).toMatchObject({ error: ERROR, next_step });
    }
  });

  test('is refused to a client of the tasks extension with the error, and HTTP 200', async () => {
    await using gateway = await startGateway({}, withTasks({ start: refuse }));
    const params = { name: 'sleep', arguments: { seconds: 1 } };
    const { status, result } = await callModern(gateway.url, 'tools/call', params);
    expect(status).toBe(200);
    expect(result).toMatchObject({ isError: true });
    expect(JSON.stringify(result)).toContain('RATE_LIMITED');
  });

  test('is refused to a task-augmented request with an error of the protocol', async () => {
    await using gateway = await startGateway({}, withTasks({ start: refuse }));
    const params = { name: 'sleep', arguments: { seconds: 1 }, task: {} };
    const { error } = await callLegacy(gateway.url, 'tools/call', params);
    expect(error).toMatchObject({ code: -32603, data: ERROR });
  });
});

describe('a wait', () => {
  test('is answered at once with the task as it stands, and without the advice to wait', async () => {
    const { target } = createFace(withTasks({ wait: refuse }));
    await using client = await connectClient('client 2.4 modern', target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const { isError, json } = await client.call('resolve_task_status', {
      task_ref,
      wait_seconds: 20,
    });
    expect(isError).toBe(false);
    const next_step = expect.stringMatching(/answered at once(?!.*wait_seconds)/);
    expect(json).toMatchObject({
      status: 'pending',
      done: false,
      poll_after_ms: expect.any(Number),
      next_step,
    });
  });

  test('of a start hands out the task, and that of a typed call its handle', async () => {
    const { target } = createFace(withTasks({ wait: refuse }));
    await using client = await connectClient('client 2.4 modern', target);
    const answers = [
      await client.call('initiate_background_task', { ...SLEEP, wait_seconds: 20 }),
      await client.call('sleep', { seconds: 1 }),
    ];
    for (const { isError, json } of answers) {
      expect(isError).toBe(false);
      expect(json).toMatchObject({ status: 'pending', task_ref: expect.any(String) });
    }
  });

  test('of tasks/result, which has to block, is refused', async () => {
    await using gateway = await startGateway({}, withTasks({ wait: refuse }));
    const params = { name: 'sleep', arguments: { seconds: 1 }, task: {} };
    const { result } = await callLegacy(gateway.url, 'tools/call', params);
    const { taskId } = result['task'] as { taskId: string };
    const { error } = await callLegacy(gateway.url, 'tasks/result', { taskId });
    expect(error).toMatchObject({ code: -32603, data: ERROR });
  });

  test('is refused like any call when the task cannot be read, either', async () => {
    const { target } = createFace(withTasks({ wait: refuse, read: refuse }));
    await using client = await connectClient('client 2.4 modern', target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const { isError, json } = await client.call('resolve_task_status', {
      task_ref,
      wait_seconds: 20,
    });
    expect(isError).toBe(true);
    expect(json).toMatchObject({ error: { code: 'RATE_LIMITED', retry_after_ms: 3_000 } });
  });
});

describe('calls at once', () => {
  const WAIT = { wait_seconds: 20 };
  const start = async (maxCallsPerCaller: number) => {
    const guard = await startStaticGate({ ann: undefined, bob: undefined });
    const running = await startGateway(
      { gate: guard.gate },
      {
        maxCallsPerCaller,
        principal: null,
        tools: { pair: true, typed: true, inlineWaitSeconds: 0 },
      },
    );
    const call = async (who: string, name: string, args: object) => {
      const answer = await send(running.url, {
        body: toModern('tools/call', { name, arguments: args }),
        headers: { ...modernHeaders, 'mcp-name': name, authorization: guard.headerOf(who) },
      });
      expect(answer.status).toBe(200);
      const { result } = JSON.parse(answer.text) as { result: { content: [{ text: string }] } };
      return { ...result, said: JSON.parse(result.content[0].text) as object };
    };
    return { guard, running, call };
  };

  test('of one caller are bounded, those of another are not, and waits end as they would', async () => {
    const { guard, running, call } = await start(10);
    const { taskRef } = (
      await running.tasks.start(
        { principal: 'ann' },
        { operation: 'sleep', parameters: { seconds: 1 } },
      )
    ).task;
    const waits = Array.from({ length: 10 }, () =>
      call('ann', 'resolve_task_status', { task_ref: taskRef, ...WAIT }),
    );
    await running.tasks.whenWaiting();
    while (running.tasks.waiting < 10) await nextTurn();
    const refused = await call('ann', 'list_operations', {});
    expect(refused).toMatchObject({
      isError: true,
      said: {
        error: {
          code: 'RATE_LIMITED',
          retry_after_ms: 1000,
          details: { limit: 'concurrent_calls', allowed: 10 },
        },
      },
    });
    expect(await call('bob', 'list_operations', {})).toMatchObject({ structuredContent: {} });
    running.tasks.set(taskRef, { status: 'completed', result: 1, attempt: 1 });
    for (const answer of await Promise.all(waits)) {
      expect(answer).toMatchObject({ structuredContent: { done: true } });
    }
    expect(await call('ann', 'list_operations', {})).toMatchObject({ structuredContent: {} });
    await running[Symbol.asyncDispose]();
    await guard[Symbol.asyncDispose]();
  });
});

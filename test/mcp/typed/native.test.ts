import { describe, expect, test } from '@jest/globals';
import { createTaskError, OperationError } from '../../../src/contract/errors.ts';
import type { TaskState } from '../../../src/contract/task.ts';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { callLegacy, callModern, WITH_TASKS } from '../../support/clients/json-rpc.ts';
import { createTypedRegistry } from '../typed-operations.ts';

const registry = createTypedRegistry();
const start = () => startGateway({}, { registry });
const DONE: TaskState = { status: 'completed', result: { pages: 1 }, attempt: 1 };
const toCall = (name: string, args: object = {}) => ({ name, arguments: args });

describe('a request that declares the tasks extension', () => {
  test.each(['slow', 'usual', 'required'])('is answered with a task by %s', async (name) => {
    await using running = await start();
    const { result } = await callModern(running.url, 'tools/call', toCall(name));
    expect(result).toMatchObject({
      resultType: 'task',
      taskId: expect.any(String),
      status: 'working',
      ttlMs: 172_800_000,
      pollIntervalMs: expect.any(Number),
    });
    for (const absent of ['result', 'error', 'inputRequests', 'requestState']) {
      expect(result).not.toHaveProperty(absent);
    }
    const { taskId } = result;
    const seen = await callModern(running.url, 'tasks/get', { taskId });
    expect(seen.result).toMatchObject({ status: 'working', createdAt: result['createdAt'] });
  });

  test('is answered with the result by an operation that asks to be waited for, if it comes', async () => {
    await using running = await start();
    const call = callModern(running.url, 'tools/call', toCall('report', { month: '' }));
    await running.tasks.whenWaiting();
    const page = await running.tasks.list({ principal: 'local' }, { limit: 1 });
    running.tasks.set(page.tasks[0]!.taskRef, DONE);
    expect((await call).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { pages: 1 },
    });
  });

  test('is answered with a task by an operation that asks to be waited for, once that asks a person', async () => {
    await using running = await start();
    const call = toCall('refund', { silent: false });
    const { result } = await callModern(running.url, 'tools/call', call);
    expect(result).toMatchObject({ resultType: 'task', status: 'input_required' });
    const { taskId } = result;
    const seen = await callModern(running.url, 'tasks/get', { taskId });
    expect(Object.keys(seen.result['inputRequests']!)).toEqual(['reason', 'amount']);
  });

  test('finds the finished task of its key again, as a task', async () => {
    await using running = await start();
    const call = toCall('slow', { idempotency_key: 'k' });
    const { taskId } = (await callModern(running.url, 'tools/call', call)).result;
    running.tasks.set(taskId as string, DONE);
    const again = (await callModern(running.url, 'tools/call', call)).result;
    expect(again).toMatchObject({ resultType: 'task', taskId });
    expect(again).not.toHaveProperty('structuredContent');
    const seen = await callModern(running.url, 'tasks/get', { taskId });
    expect(seen.result).toMatchObject({
      status: 'completed',
      result: { structuredContent: { pages: 1 } },
    });
  });

  test('that cannot be served is answered with an error result', async () => {
    await using running = await start();
    const { result } = await callModern(running.url, 'tools/call', toCall('report', { month: 5 }));
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
  });

  test('has its task by the pair, too', async () => {
    await using running = await start();
    const { result } = await callModern(running.url, 'tools/call', toCall('slow'));
    const look = toCall('resolve_task_status', { task_ref: result['taskId'] });
    expect((await callModern(running.url, 'tools/call', look)).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { status: 'pending', operation_type: 'slow' },
    });
  });
});

describe('a modern request that does not', () => {
  test('gets no task, whatever it says beside', async () => {
    await using running = await start();
    const call = { ...toCall('slow'), task: { ttl: 60_000 } };
    const { result } = await callModern(running.url, 'tools/call', call, {});
    expect(result).toMatchObject({
      resultType: 'complete',
      structuredContent: { status: 'pending' },
    });
    expect(result).not.toHaveProperty('taskId');
  });

  test('is refused with -32021 by an operation that makes sense as a task only', async () => {
    await using running = await start();
    const answer = await callModern(running.url, 'tools/call', toCall('required'), {});
    expect(answer).toMatchObject({
      status: 400,
      error: { code: -32021, data: { requiredCapabilities: WITH_TASKS } },
    });
    expect(running.tasks.started).toBe(0);
  });

  test('may send a task parameter with a tool of the pair', async () => {
    await using running = await start();
    const call = { ...toCall('list_operations'), task: {} };
    expect((await callModern(running.url, 'tools/call', call, {})).error).toBeNull();
  });
});

describe('a legacy request with a task parameter', () => {
  const withTask = (name: string, args: object = {}, task: unknown = { ttl: 60_000 }) => ({
    ...toCall(name, args),
    task,
  });

  test.each(['slow', 'report', 'required'])(
    'is answered at once with a task by %s',
    async (name) => {
      await using running = await start();
      const args = name === 'report' ? { month: '' } : {};
      const { result } = await callLegacy(running.url, 'tools/call', withTask(name, args));
      expect(result).toMatchObject({
        content: [],
        task: {
          taskId: expect.any(String),
          status: 'working',
          ttl: 172_800_000,
          pollInterval: expect.any(Number),
        },
        _meta: {
          'io.modelcontextprotocol/model-immediate-response': expect.stringContaining(name),
        },
      });
      const { taskId, createdAt } = result['task'] as Record<string, string>;
      expect((await callLegacy(running.url, 'tasks/get', { taskId })).result).toMatchObject({
        status: 'working',
        createdAt,
      });
    },
  );

  test.each<[string, TaskState]>([
    ['completed', DONE],
    ['failed', { status: 'failed', error: createTaskError('UPSTREAM_REJECTED', 'no'), attempt: 1 }],
  ])('begins as working though the task of its key is %s', async (status, state) => {
    await using running = await start();
    const call = withTask('slow', { idempotency_key: 'k' });
    const first = (await callLegacy(running.url, 'tools/call', call)).result['task'];
    const { taskId } = first as Record<string, string>;
    running.tasks.set(taskId!, state);
    const again = (await callLegacy(running.url, 'tools/call', call)).result['task'];
    expect(again).toMatchObject({ taskId, status: 'working' });
    expect(again).not.toHaveProperty('statusMessage');
    expect((await callLegacy(running.url, 'tasks/get', { taskId })).result).toMatchObject({
      status,
    });
  });

  test.each([
    ['INVALID_PARAMETERS', withTask('report', { month: 5 }), -32602],
    ['INVALID_PARAMETERS', withTask('slow', { idempotency_key: 'a b' }), -32602],
  ])('is refused with %s as an error of the protocol', async (code, call, wanted) => {
    await using running = await start();
    const { error } = await callLegacy(running.url, 'tools/call', call);
    expect(error).toMatchObject({
      code: wanted,
      data: { code },
      message: expect.stringContaining(code),
    });
    expect(running.tasks.started).toBe(0);
  });

  test('is refused as an internal error while the backend is away', async () => {
    await using running = await start();
    running.tasks.failWith(new OperationError('BACKEND_UNAVAILABLE', 'Temporal is away'));
    expect((await callLegacy(running.url, 'tools/call', withTask('slow'))).error).toMatchObject({
      code: -32603,
      message: expect.stringMatching(/Temporal is away.*repeat the same call/),
    });
  });

  test('is refused with -32601 by the tools of the pair', async () => {
    await using running = await start();
    expect(
      (await callLegacy(running.url, 'tools/call', withTask('list_operations'))).error,
    ).toMatchObject({
      code: -32601,
    });
  });
});

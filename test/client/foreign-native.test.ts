// Native tasks of servers that have never heard of Longhaul: no keys, no held looks, hints that are honoured.
import { describe, expect, test } from '@jest/globals';
import { createTaskClient, type CallTool, type NativeTasks } from '../../src/client/index.ts';
import type { JsonObject } from '../../src/contract/json.ts';
import { createFakeTiming } from './fake-timing.ts';

/** A connection that answers each method from a script, in order; the last answer is repeated. */
function setUp(
  generation: NativeTasks['generation'],
  script: Readonly<Record<string, readonly (JsonObject | Error)[]>>,
  reconnect?: () => Promise<CallTool>,
) {
  const timing = createFakeTiming();
  const calls: [string, JsonObject, number][] = [];
  const native: NativeTasks = {
    generation,
    gateway: null,
    request: async (method, params) => {
      const nth = calls.filter(([name]) => name === method).length;
      calls.push([method, params, timing.now()]);
      const answers = script[method]!;
      const answer = answers[Math.min(nth, answers.length - 1)]!;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const noPair = async () => {
    throw new Error('no tool of a pair is called');
  };
  const callTool: CallTool = Object.assign(noPair, { native });
  const options = { timing, ...(reconnect && { reconnect }) };
  return { calls, timing, callTool, client: createTaskClient(callTool, options) };
}

const isDone = { content: [{ type: 'text', text: 'ready' }] };

describe.each([
  [
    '2026-07-28',
    (task: JsonObject) => ({ resultType: 'task', ...task }),
    'pollIntervalMs',
    { status: 'completed', result: isDone },
  ],
  ['2025-11-25', (task: JsonObject) => ({ task }), 'pollInterval', { status: 'completed' }],
] as const)('in %s', (generation, toCreated, hint, last) => {
  const task = (status: string, pollMs: number) => ({ taskId: 't', status, [hint]: pollMs });

  test('a task is looked at when its server wants that, and not before', async () => {
    const { client, calls, timing } = setUp(generation, {
      'tools/call': [toCreated(task('working', 2000))],
      'tasks/get': [task('working', 4000), task('working', 700), { taskId: 't', ...last }],
      'tasks/result': [isDone],
    });
    expect(await client.run('render', { page: 1 })).toEqual({
      status: 'completed',
      result: 'ready',
    });
    expect(timing.pauses).toEqual([2000, 4000, 700]);
    expect(calls[0]![1]).toMatchObject({ name: 'render', arguments: { page: 1 } });
    expect(Object.keys(calls[0]![1]['arguments']!)).toEqual(['page']);
  });

  test('a task is followed to its end, however many looks that takes', async () => {
    const { client, calls } = setUp(generation, {
      'tools/call': [toCreated(task('working', 1000))],
      'tasks/get': [
        ...Array.from({ length: 60 }, () => task('working', 1000)),
        { taskId: 't', ...last },
      ],
      'tasks/result': [isDone],
    });
    expect(await client.run('render', {})).toMatchObject({ status: 'completed' });
    expect(calls.filter(([method]) => method === 'tasks/get')).toHaveLength(61);
  });

  test('a start whose answer was lost is not repeated', async () => {
    const { client, calls } = setUp(generation, { 'tools/call': [new TypeError('fetch failed')] });
    await expect(client.run('render', {})).rejects.toMatchObject({
      code: 'SUBMISSION_UNCONFIRMED',
    });
    expect(calls).toHaveLength(1);
  });

  test('a call that is answered at once is an outcome, and a handle of it keeps it', async () => {
    const failed = { isError: true, content: [{ type: 'text', text: 'no such page' }] };
    const { client } = setUp(generation, { 'tools/call': [isDone, failed] });
    const handle = await client.start('render', {});
    const resumed = client.resume(JSON.parse(JSON.stringify(handle)) as typeof handle);
    expect(await resumed.wait()).toEqual({ status: 'completed', result: 'ready' });
    expect(await client.run('render', {})).toEqual({
      status: 'failed',
      error: { code: 'FAILED', message: 'no such page', retryable: false },
    });
  });

  test('a lost look is made again, and a cancelled task has ended', async () => {
    const { client } = setUp(generation, {
      'tools/call': [toCreated(task('working', 1000))],
      'tasks/get': [new TypeError('fetch failed'), { ...task('cancelled', 1000) }],
    });
    expect(await client.run('render', {})).toMatchObject({ error: { code: 'CANCELLED' } });
  });
});

test('a connection that was opened again goes on with the task', async () => {
  const working = { taskId: 't', status: 'working', pollIntervalMs: 1000 };
  const alive = setUp('2026-07-28', {
    'tasks/get': [{ taskId: 't', status: 'completed', result: isDone }],
  });
  const dead = setUp(
    '2026-07-28',
    { 'tools/call': [working], 'tasks/get': [new TypeError('fetch failed')] },
    async () => alive.callTool,
  );
  expect(await dead.client.run('render', {})).toMatchObject({ status: 'completed' });
  expect(alive.calls.map(([method]) => method)).toEqual(['tasks/get']);
});

test('a failure of the protocol ends a task of the extension', async () => {
  const { client } = setUp('2026-07-28', {
    'tools/call': [{ taskId: 't', status: 'working', pollIntervalMs: 1000 }],
    'tasks/get': [{ taskId: 't', status: 'failed', error: { code: -32_603, message: 'broken' } }],
  });
  expect(await client.run('render', {})).toEqual({
    status: 'failed',
    error: { code: 'FAILED', message: 'broken', retryable: false },
  });
});

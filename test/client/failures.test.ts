// What a task client makes of lost answers, refusals and aborts.
import { describe, expect, test } from '@jest/globals';
import {
  createTaskClient,
  TaskClientError,
  type TaskClientOptions,
  LONGHAUL_DIALECT,
} from '../../src/client/index.ts';
import { isTransient } from '../../src/client/transient.ts';
import { createFakeTiming } from './fake-timing.ts';
import {
  COMPLETED,
  createScriptedTool,
  lost,
  STARTED,
  toDialectWithout,
  toRefused,
  toRunning,
  type Step,
} from './scripted-tool.ts';

const DONE = { status: 'completed', result: { ok: true } };

function setUp(steps: readonly Step[], options: TaskClientOptions = {}) {
  const timing = createFakeTiming();
  const server = createScriptedTool(timing, steps);
  return { timing, server, client: createTaskClient(server.call, { timing, ...options }) };
}

const busy = (code: string, retryAfterMs: number) =>
  toRefused({ code, message: 'later', retryable: true, retry_after_ms: retryAfterMs });

describe('a start', () => {
  test('whose answer was lost is repeated with the same made-up key', async () => {
    const { client, server } = setUp([lost(), lost(), STARTED]);
    const handle = await client.start('report', { month: 5 });
    const keys = server.calls.map(({ args }) => args['idempotency_key']);
    expect(new Set(keys)).toEqual(new Set([handle.idempotencyKey]));
    expect(keys).toHaveLength(3);
  });

  test('that is not confirmed is repeated, not before the time that the server gives', async () => {
    const { client, timing, server } = setUp([busy('SUBMISSION_UNCONFIRMED', 9000), STARTED]);
    await client.start('report', {}, { idempotencyKey: 'k', maxWaitSeconds: 60 });
    expect(timing.pauses).toEqual([9000]);
    expect(server.calls.map(({ args }) => args)).toEqual(
      [1, 2].map(() => ({
        operation_type: 'report',
        parameters: {},
        idempotency_key: 'k',
        max_wait_seconds: 60,
        ...LONGHAUL_DIALECT.wholeResult,
      })),
    );
  });

  test('whose answer was lost is not repeated where there are no keys', async () => {
    const dialect = toDialectWithout('idempotencyKey');
    const { client, server } = setUp([lost(), STARTED], { dialect });
    await expect(client.start('report', {})).rejects.toMatchObject({
      code: 'SUBMISSION_UNCONFIRMED',
    });
    expect(server.calls).toHaveLength(1);
  });

  test('that was refused is thrown with the code of the server', async () => {
    const refusal = { code: 'INVALID_PARAMETERS', message: 'no month', retryable: false };
    const { client, server } = setUp([toRefused({ ...refusal, details: { issues: [] } })]);
    const error = await client.run('report', {}).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TaskClientError);
    expect(error).toMatchObject({ ...refusal, details: { issues: [] }, handle: null });
    expect(server.calls).toHaveLength(1);
  });

  test('of a task that has ended already costs no look', async () => {
    const { client, server } = setUp([COMPLETED]);
    expect(await client.run('report', {}, { idempotencyKey: 'k' })).toEqual(DONE);
    expect(server.calls).toHaveLength(1);
  });
});

describe('a look', () => {
  test('survives a server that is away, and one that is back without its own server', async () => {
    const { client } = setUp([
      STARTED,
      lost(),
      Object.assign(new Error('bad gateway'), { code: 502 }),
      busy('BACKEND_UNAVAILABLE', 1000),
      COMPLETED,
    ]);
    expect(await client.run('report', {})).toEqual(DONE);
  });

  test('gives up when the server has been away for too long, and says how to go on', async () => {
    const { client, timing } = setUp([STARTED, lost()], { patienceSeconds: 60 });
    await expect(client.run('report', {})).rejects.toMatchObject({
      code: 'UNREACHABLE',
      handle: { taskRef: 'k.1' },
    });
    expect(timing.pauses.slice(0, 6)).toEqual([500, 1000, 2000, 4000, 8000, 15_000]);
    expect(timing.now()).toBeGreaterThanOrEqual(60_000);
  });

  test('goes on over a new connection, opened once for all that failed', async () => {
    const timing = createFakeTiming();
    const dead = createScriptedTool(timing, [STARTED, STARTED, lost()]);
    const alive = createScriptedTool(timing, [COMPLETED]);
    let opened = 0;
    const client = createTaskClient(dead.call, {
      timing,
      reconnect: async () => {
        opened += 1;
        return alive.call;
      },
    });
    const handles = await Promise.all([client.start('a', {}), client.start('b', {})]);
    const outcomes = await Promise.all(handles.map((handle) => handle.wait()));
    expect(outcomes).toEqual([DONE, DONE]);
    expect(opened).toBe(1);
  });

  test('for an unknown task is thrown', async () => {
    const refusal = { code: 'TASK_NOT_FOUND', message: 'no such task', retryable: false };
    const { client } = setUp([toRefused(refusal)]);
    await expect(client.resume('gone').wait()).rejects.toMatchObject(refusal);
  });
});

describe('an abort', () => {
  const abortingLook = (stop: AbortController, steps: readonly Step[]): Step[] => [
    STARTED,
    () => {
      stop.abort(new Error('enough'));
      return new Promise<never>(() => undefined);
    },
    ...steps,
  ];

  test('ends a run, cancels the task and throws the reason', async () => {
    const stop = new AbortController();
    const { client, server } = setUp(abortingLook(stop, [toRunning(1000)]));
    await expect(client.run('report', {}, { signal: stop.signal })).rejects.toThrow('enough');
    expect(server.calls.at(-1)).toMatchObject({
      tool: 'cancel_background_task',
      args: { task_ref: 'k.1' },
    });
  });

  test('leaves the task alone when asked to', async () => {
    const stop = new AbortController();
    const { client, server } = setUp(abortingLook(stop, []));
    const how = { signal: stop.signal, cancelOnAbort: false };
    await expect(client.run('report', {}, how)).rejects.toThrow('enough');
    expect(server.calls).toHaveLength(2);
  });

  test('during the start lets it end, and cancels what it started', async () => {
    const stop = new AbortController();
    const { client, server } = setUp([
      () => {
        stop.abort(new Error('enough'));
        return STARTED;
      },
      toRunning(1000),
    ]);
    await expect(client.run('report', {}, { signal: stop.signal })).rejects.toThrow('enough');
    expect(server.calls.map(({ tool }) => tool)).toEqual([
      'initiate_background_task',
      'cancel_background_task',
    ]);
  });
});

test('settle looks at every task once, and tells of one that cannot be read', async () => {
  const timing = createFakeTiming();
  const client = createTaskClient(
    async (_, { task_ref: ref }) => {
      if (ref === 'done') return COMPLETED;
      if (ref === 'running') return toRunning(4000);
      return toRefused({ code: 'TASK_NOT_FOUND', message: 'no such task', retryable: false });
    },
    { timing },
  );
  const handles = ['done', 'running', 'gone'].map((ref) => client.resume(ref));
  expect(await client.settle(handles)).toEqual([
    DONE,
    { status: 'running', progress: null, pollAfterMs: 4000 },
    { status: 'unknown', error: expect.objectContaining({ code: 'TASK_NOT_FOUND' }) as unknown },
  ]);
  expect(timing.pauses).toEqual([]);
});

test('bad options are named all at once', () => {
  expect(() =>
    createTaskClient(async () => COMPLETED, { waitSeconds: -1, polling: { maxAttempts: 0 } }),
  ).toThrow(
    'waitSeconds: expected 0 to 300, got -1; polling.maxAttempts: expected 1 to Infinity, got 0',
  );
});

const withCode = (code: unknown) => Object.assign(new Error('x'), { code });
test.each([
  ['a failed fetch', new TypeError('fetch failed'), true],
  ['a slip of the programmer', new TypeError('x is not a function'), false],
  ['an overdue call', new DOMException('overdue', 'TimeoutError'), true],
  ['HTTP 503', withCode(503), true],
  ['HTTP 429', withCode(429), true],
  ['a session that a restart forgot', withCode(404), true],
  ['HTTP 401', withCode(401), false],
  ['HTTP 403 of version 2', Object.assign(withCode('HTTP'), { status: 403 }), false],
  ['a timeout of version 1', withCode(-32_001), true],
  ['a closed connection of version 2', withCode('CONNECTION_CLOSED'), true],
  ['an answer that does not fit', withCode('INVALID_RESULT'), false],
  ['invalid arguments', withCode(-32_602), false],
  ['a reset connection', withCode('ECONNRESET'), true],
  ['no error at all', 'nope', false],
])('%s: a repetition helps or not', (_, thrown, transient) => {
  expect(isTransient(thrown)).toBe(transient);
});

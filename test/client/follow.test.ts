// How a task is followed: what is asked, and how long is paused, on a clock that the test owns.
import { describe, expect, test } from '@jest/globals';
import {
  createTaskClient,
  LONGHAUL_DIALECT,
  type TaskClientOptions,
} from '../../src/client/index.ts';
import { createFakeTiming } from './fake-timing.ts';
import {
  COMPLETED,
  createScriptedTool,
  lost,
  STARTED,
  toDialectWithout,
  toRunning,
  type Step,
} from './scripted-tool.ts';

const DONE = { status: 'completed', result: { ok: true } };

/** A client over a script, on a clock of its own. */
function setUp(
  steps: (advance: (ms: number) => void) => readonly Step[],
  options: TaskClientOptions = {},
  jitter = 0,
) {
  const timing = createFakeTiming(jitter);
  const server = createScriptedTool(timing, steps(timing.advance));
  const client = createTaskClient(server.call, { timing, ...options });
  return { timing, server, client };
}

/** Without waits: the server only answers at once. */
const POLLED = toDialectWithout('waitSeconds');

describe('a server that waits', () => {
  test('is asked again at once when it has waited in full', async () => {
    const { client, timing, server } = setUp((advance) => [
      STARTED,
      () => {
        advance(20_000);
        return toRunning(20_000);
      },
      COMPLETED,
    ]);
    expect(await client.run('report', {})).toEqual(DONE);
    expect(timing.pauses).toEqual([]);
    expect(server.calls.map(({ args }) => args['wait_seconds'])).toEqual([undefined, 20, 20]);
  });

  test('that caps the wait is asked for what it grants', async () => {
    const cap = (advance: (ms: number) => void) => () => {
      advance(5000);
      return toRunning(1000);
    };
    const { client, timing, server } = setUp((advance) => [
      STARTED,
      cap(advance),
      cap(advance),
      COMPLETED,
    ]);
    await client.run('report', {});
    expect(server.calls.slice(1).map(({ args }) => args['wait_seconds'])).toEqual([20, 5, 5]);
    expect(timing.pauses).toEqual([]);
  });

  test('that does not wait after all is asked no sooner than it wants', async () => {
    const { client, timing } = setUp(() => [STARTED, toRunning(4000), toRunning(8000), COMPLETED]);
    await client.run('report', {});
    expect(timing.pauses).toEqual([4000, 8000]);
  });

  test('that answers early is left alone for the rest of its hint', async () => {
    const { client, timing } = setUp((advance) => [
      STARTED,
      () => {
        advance(3000);
        return toRunning(10_000);
      },
      COMPLETED,
    ]);
    await client.run('report', {});
    expect(timing.pauses).toEqual([7000]);
  });

  test('behind something that cuts long calls is asked for shorter waits', async () => {
    const cut = (advance: (ms: number) => void) => () => {
      advance(6000);
      return Promise.reject(lost());
    };
    const { client, server } = setUp((advance) => [STARTED, cut(advance), cut(advance), COMPLETED]);
    await client.run('report', {});
    expect(server.calls.slice(1).map(({ args }) => args['wait_seconds'])).toEqual([20, 10, 5]);
  });
});

describe('a server that does not wait', () => {
  test('is polled as it asks', async () => {
    const { client, timing, server } = setUp(
      () => [STARTED, toRunning(2500), toRunning(30_000), COMPLETED],
      { dialect: POLLED },
    );
    expect(await client.run('report', {})).toEqual(DONE);
    expect(timing.pauses).toEqual([1000, 2500, 30_000]);
    expect(server.calls.slice(1).map(({ args }) => args)).toEqual([
      ...Array.from({ length: 3 }, () => ({ task_ref: 'k.1', ...LONGHAUL_DIALECT.wholeResult })),
    ]);
  });

  test('and gives no hint is polled with a back-off of 1 s, doubling, up to 30 s', async () => {
    const running = { task_ref: 'k.1', status: 'processing' };
    const { client, timing } = setUp(
      () => [...Array.from({ length: 8 }, () => running), COMPLETED],
      { dialect: POLLED },
    );
    await client.run('report', {});
    expect(timing.pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  test('is polled 20 times, and then the handle is handed back', async () => {
    const { client, server } = setUp(() => [STARTED, toRunning(1000)], { dialect: POLLED });
    await expect(client.run('report', {}, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'POLLS_EXHAUSTED',
      retryable: true,
      handle: { taskRef: 'k.1', operation: 'report', idempotencyKey: 'k' },
    });
    expect(server.calls).toHaveLength(21);
  });

  test.each([0, 0.3, 1])('is never asked early, whatever chance says (%d)', async (jitter) => {
    const { client, server } = setUp(
      () => [STARTED, ...[1000, 2000, 700, 30_000].map(toRunning), COMPLETED],
      { dialect: POLLED },
      jitter,
    );
    await client.run('report', {});
    const times = server.calls.map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    [1000, 1000, 2000, 700, 30_000].forEach((hint, index) => {
      expect(gaps[index]).toBeGreaterThanOrEqual(hint);
      expect(gaps[index]).toBeLessThanOrEqual(hint * 1.1 + 1);
    });
  });
});

test('progress is passed on when it is new', async () => {
  const at = (fraction: number) => ({ ...toRunning(1000), progress: { fraction, message: null } });
  const { client } = setUp(() => [STARTED, at(0.2), at(0.2), at(0.7), COMPLETED]);
  const seen: unknown[] = [];
  await client.run('report', {}, { onProgress: ({ fraction }) => seen.push(fraction) });
  expect(seen).toEqual([0.2, 0.7]);
});

test('a question is put once, and its answer is sent', async () => {
  const asking = {
    ...toRunning(1000),
    status: 'input_required',
    input_requests: { approve: { message: 'Go on?', requestedSchema: {} } },
  };
  const { client, server } = setUp(() => [STARTED, asking, asking, toRunning(1000), COMPLETED]);
  const put: string[] = [];
  const outcome = await client.run(
    'report',
    {},
    {
      onInput: async (requests) => {
        put.push(...Object.keys(requests));
        return { approve: { action: 'accept', content: { ok: true } } };
      },
    },
  );
  expect(outcome).toEqual(DONE);
  expect(put).toEqual(['approve']);
  expect(server.calls[2]).toMatchObject({
    tool: 'provide_task_input',
    args: { task_ref: 'k.1', responses: { approve: { action: 'accept', content: { ok: true } } } },
  });
});

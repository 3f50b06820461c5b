import { describe, expect, test } from '@jest/globals';
import { createTaskError } from '../../../src/contract/errors.ts';
import { OperationError } from '../../../src/contract/errors.ts';
import { connectClient, DIALECTS, type ClientProgress } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';

const SLEEP = { operation_type: 'sleep', parameters: { seconds: 1 } };

describe.each(DIALECTS)('for %s', (dialect) => {
  test('the pair carries a task from its handle to its result', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const started = await client.call('initiate_background_task', {
      ...SLEEP,
      idempotency_key: 'a',
    });
    expect(started).toMatchObject({
      isError: false,
      structured: { status: 'queued', deduplicated: false, idempotency_key: 'a' },
    });
    const { task_ref } = started.json;
    expect((await client.call('resolve_task_status', { task_ref })).json.status).toBe('pending');
    tasks.set(task_ref, toProcessing({ fraction: 0.5, message: 'half' }));
    expect((await client.call('resolve_task_status', { task_ref })).json).toMatchObject({
      status: 'processing',
      attempt: 1,
      progress: { fraction: 0.5, message: 'half' },
    });
    tasks.set(task_ref, { status: 'completed', result: { slept: 1 }, attempt: 1 });
    expect((await client.call('resolve_task_status', { task_ref })).json).toMatchObject({
      done: true,
      result: { slept: 1 },
      error: null,
      poll_after_ms: null,
    });
  });

  test('a repeated key returns the same task, as it stands now', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const request = { ...SLEEP, idempotency_key: 'a' };
    const first = await client.call('initiate_background_task', request);
    tasks.set(first.json.task_ref, { status: 'completed', result: 1, attempt: 1 });
    const second = await client.call('initiate_background_task', request);
    expect(second.json).toMatchObject({
      task_ref: first.json.task_ref,
      deduplicated: true,
      status: 'completed',
      result: 1,
    });
    expect(tasks.started).toBe(1);
  });

  test('a failed task is an ordinary answer with its error (clients.md 2, 3)', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const error = { code: 'UPSTREAM_REJECTED', message: 'no', retryable: false } as const;
    tasks.set(task_ref, { status: 'failed', error, attempt: 1 });
    const answer = await client.call('resolve_task_status', { task_ref });
    expect(answer).toMatchObject({ isError: false, json: { status: 'failed', done: true, error } });
    expect(answer.structured).toEqual(answer.json);
  });

  test('a task that waits for input can be read', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    tasks.set(task_ref, {
      status: 'input_required',
      attempt: 1,
      requests: {
        approval: { message: 'Approve?', requestedSchema: { type: 'object', properties: {} } },
      },
    });
    expect((await client.call('resolve_task_status', { task_ref })).json).toMatchObject({
      status: 'input_required',
      done: false,
      next_step: expect.stringContaining('approval'),
    });
  });

  test('cancel says what is known: requested, confirmed, already finished', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const start = async () => (await client.call('initiate_background_task', SLEEP)).json.task_ref;
    const [running, waiting, finished] = [await start(), await start(), await start()];
    tasks.set(running, toProcessing());
    tasks.set(finished, { status: 'completed', result: 1, attempt: 1 });
    const cancel = (task_ref: string) =>
      client.call('cancel_background_task', { task_ref, reason: 'changed my mind' });
    expect((await cancel(running)).json).toMatchObject({
      cancellation: 'requested',
      status: 'processing',
    });
    expect((await cancel(waiting)).json).toMatchObject({
      cancellation: 'confirmed',
      status: 'failed',
      error: { code: 'CANCELLED', message: 'changed my mind' },
    });
    expect((await cancel(finished)).json).toMatchObject({
      cancellation: 'already_finished',
      status: 'completed',
      result: 1,
    });
  });

  test('a lost handle is found again, page by page and by its key', async () => {
    const { target } = createFace();
    await using client = await connectClient(dialect, target);
    for (const idempotency_key of ['a', 'b', 'c']) {
      await client.call('initiate_background_task', { ...SLEEP, idempotency_key });
    }
    const page = (await client.call('list_background_tasks', { limit: 2 })).json;
    expect(page.tasks.map((task) => task.idempotency_key)).toEqual(['c', 'b']);
    const rest = (await client.call('list_background_tasks', { cursor: page.next_cursor })).json;
    expect(rest).toMatchObject({ tasks: [{ idempotency_key: 'a' }], next_cursor: null });
    const found = await client.call('list_background_tasks', { idempotency_key: 'b' });
    expect(found.json.tasks).toHaveLength(1);
    const none = await client.call('list_background_tasks', { status: 'failed' });
    expect(none.json).toMatchObject({ tasks: [], next_step: expect.stringContaining('No task') });
  });

  test('operations are listed shortly, and one of them whole', async () => {
    const { target } = createFace();
    await using client = await connectClient(dialect, target);
    const all = (await client.call('list_operations')).json;
    expect(all.operations.map(Object.keys)).toEqual([
      ['operation_type', 'description', 'input_schema'],
      ['operation_type', 'description', 'input_schema'],
    ]);
    const one = (await client.call('list_operations', { operation_type: 'batch' })).json;
    expect(one.operations).toMatchObject([
      {
        operation_type: 'batch',
        output_schema: null,
        kind: 'job',
        idempotent: false,
        limits: { total_seconds: 3600, attempt_seconds: 120, queue_seconds: 3600 },
      },
    ]);
  });

  test('an operation of which it is known says how long it usually takes', async () => {
    const face = createFace();
    face.tasks.usuals.set('sleep', { earlyMs: 12_000, middleMs: 13_000, lateMs: 15_000 });
    await using client = await connectClient(dialect, face.target);

    for (const args of [{}, { operation_type: 'sleep' }, { query: 'sleeps' }]) {
      const { json } = await client.call('list_operations', args);
      const durations = (json.operations as { operation_type: string; duration?: string }[]).map(
        ({ operation_type, duration }) => [operation_type, duration],
      );
      expect(Object.fromEntries(durations)).toMatchObject({ sleep: 'usually 12 to 15 s' });
      expect(durations.filter(([, duration]) => duration)).toHaveLength(1);
    }
  });

  test('an operation that is switched off is listed as unavailable, for so long', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const off = createTaskError('CIRCUIT_OPEN', 'it keeps failing', { retryAfterMs: 9_000 });
    tasks.off.set('batch', off);
    for (const call of [{}, { operation_type: 'batch' }]) {
      const { operations } = (await client.call('list_operations', call)).json;
      expect(
        operations.find(({ unavailable }: { unavailable?: object }) => unavailable),
      ).toMatchObject({
        operation_type: 'batch',
        unavailable: { code: 'CIRCUIT_OPEN', message: 'it keeps failing', retry_after_ms: 9_000 },
      });
    }
  });

  test('a wait is answered as soon as the task is done, with rising progress (clients.md 28)', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const notices: ClientProgress[] = [];
    const answer = client.call(
      'resolve_task_status',
      { task_ref, wait_seconds: 20 },
      { onProgress: (notice) => notices.push(notice) },
    );
    await tasks.whenWaiting();
    tasks.set(task_ref, toProcessing({ fraction: 0.5, message: 'half' }));
    tasks.set(task_ref, { status: 'completed', result: 1, attempt: 1 });
    expect((await answer).json).toMatchObject({ done: true, result: 1 });
    expect(notices).toEqual([
      expect.objectContaining({ progress: 0.5, total: 1, message: 'half' }),
    ]);
  });

  test('a caller that goes away ends its wait and leaves the task alone', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const { task_ref } = (await client.call('initiate_background_task', SLEEP)).json;
    const leaving = new AbortController();
    const answer = client
      .call('resolve_task_status', { task_ref, wait_seconds: 20 }, { signal: leaving.signal })
      .catch(() => 'gone');
    await tasks.whenWaiting();
    leaving.abort();
    expect(await answer).toBe('gone');
    expect((await client.call('resolve_task_status', { task_ref })).json.status).toBe('pending');
  });

  test('a refusal is an isError result of text alone (clients.md 1, 4, 5)', async () => {
    const { target, tasks } = createFace();
    await using client = await connectClient(dialect, target);
    const answer = await client.call('resolve_task_status', { task_ref: 'nonsense' });
    expect(answer).toMatchObject({
      isError: true,
      structured: undefined,
      json: {
        error: { code: 'TASK_NOT_FOUND', retryable: false, message: expect.any(String) },
        next_step: expect.stringContaining('list_background_tasks'),
      },
    });
    tasks.failWith(new OperationError('RATE_LIMITED', 'too many', { retryAfterMs: 900 }));
    const busy = await client.call('initiate_background_task', SLEEP);
    expect(busy).toMatchObject({
      isError: true,
      json: { error: { code: 'RATE_LIMITED', retryable: true, retry_after_ms: 900 } },
    });
  });

  test('an unknown tool is a protocol error', async () => {
    await using client = await connectClient(dialect, createFace().target);
    await expect(client.call('no_such_tool')).rejects.toMatchObject({ code: -32602 });
  });
});

test('an equal request under a new key runs, and the answer names the task that already does', async () => {
  const { target, tasks } = createFace();
  await using client = await connectClient('client 2.4 modern', target);
  const start = async (idempotency_key: string, seconds = 1) => {
    const request = { operation_type: 'sleep', parameters: { seconds }, idempotency_key };
    return (await client.call('initiate_background_task', request)).json;
  };
  const first = await start('a');
  const second = await start('b');
  expect(second).toMatchObject({
    deduplicated: false,
    next_step: expect.stringMatching(
      new RegExp(`${first.task_ref}.*"a".*cancel_background_task.*resolve_task_status`),
    ),
  });
  for (const { task_ref } of [first, second]) {
    tasks.set(task_ref, { status: 'completed', result: { slept: 1 }, attempt: 1 });
  }
  expect(await start('c')).toMatchObject({ next_step: expect.not.stringContaining('second task') });
  expect(await start('d', 2)).toMatchObject({
    next_step: expect.not.stringContaining('second task'),
  });
});

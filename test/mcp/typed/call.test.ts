import { describe, expect, test } from '@jest/globals';
import { createTaskError, OperationError } from '../../../src/contract/errors.ts';
import { connectClient, DIALECTS, type ClientProgress } from '../../support/clients/mcp-clients.ts';
import { createFace } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import { createTypedRegistry, QUESTIONS } from '../typed-operations.ts';

const LOCAL = { principal: 'local' };
const registry = createTypedRegistry();
const PAIR_OFF = { pair: false, typed: true, inlineWaitSeconds: 0 };

/** The one task there is. */
const only = async ({ tasks }: ReturnType<typeof createFace>) =>
  (await tasks.list(LOCAL, { limit: 1 })).tasks[0]!;

describe.each(DIALECTS)('for %s', (dialect) => {
  test('a call that is done in time answers with the result', async () => {
    const face = createFace({ registry });
    await using client = await connectClient(dialect, face.target);
    const call = client.call('report', { month: '2026-05' });
    await face.tasks.whenWaiting();
    const { taskRef } = await only(face);
    face.tasks.set(taskRef, { status: 'completed', result: { pages: 12 }, attempt: 1 });
    expect(await call).toEqual({
      isError: false,
      text: '{"pages":12}',
      json: { pages: 12 },
      structured: { pages: 12 },
    });
  });

  test('a call that takes longer answers with the handle, which the pair follows', async () => {
    const { target, tasks } = createFace({ registry });
    await using client = await connectClient(dialect, target);
    const handle = await client.call('slow');
    expect(handle).toMatchObject({
      isError: false,
      json: {
        status: 'pending',
        done: false,
        operation_type: 'slow',
        result: null,
        input_requests: null,
        next_step: expect.stringContaining('Call resolve_task_status with this task_ref'),
      },
    });
    expect(handle.structured).toEqual(handle.json);
    const { task_ref } = handle.json;
    tasks.set(task_ref, { status: 'completed', result: { pages: 1 }, attempt: 1 });
    expect((await client.call('resolve_task_status', { task_ref })).json).toMatchObject({
      status: 'completed',
      result: { pages: 1 },
    });
  });

  test('the handle of a tool that promises an output fits its schema (clients.md 2)', async () => {
    const tools = { pair: true, typed: true, inlineWaitSeconds: 0 };
    const face = createFace({ tools });
    await using client = await connectClient(dialect, face.target);
    const handle = await client.call('sleep', { seconds: 1 });
    expect(handle).toMatchObject({ isError: false, json: { status: 'pending' } });
    face.tasks.set(handle.json.task_ref, toProcessing({ fraction: 0.5, message: 'half' }));
    const { idempotencyKey: idempotency_key } = await only(face);
    const again = await client.call('sleep', { seconds: 1, idempotency_key });
    expect(again.structured).toMatchObject({
      status: 'processing',
      progress: { fraction: 0.5, message: 'half' },
    });
  });

  test('a failed task is an error that its text tells (clients.md 1, 5)', async () => {
    const face = createFace({ registry });
    await using client = await connectClient(dialect, face.target);
    const call = client.call('report', { month: '2026-05' });
    await face.tasks.whenWaiting();
    const error = createTaskError('UPSTREAM_UNAVAILABLE', 'it is away', { retryAfterMs: 5000 });
    face.tasks.set((await only(face)).taskRef, { status: 'failed', error, attempt: 1 });
    const answer = await call;
    expect(answer).toMatchObject({
      isError: true,
      structured: undefined,
      json: {
        error: { code: 'UPSTREAM_UNAVAILABLE', message: 'it is away', retryable: true },
        next_step:
          'A retry can help: wait 5 s, then call the same tool again with a new idempotency_key and the same parameters.',
      },
    });
  });

  test('equal calls with one key converge, and another call with it is refused', async () => {
    const { target, tasks } = createFace({ registry });
    await using client = await connectClient(dialect, target);
    const call = (args: object) => client.call('refund', { idempotency_key: 'k', ...args });
    const started = call({ silent: true });
    await tasks.whenWaiting();
    const { taskRef } = (await tasks.list(LOCAL, { limit: 1 })).tasks[0]!;
    tasks.set(taskRef, { status: 'completed', result: { pages: 1 }, attempt: 1 });
    expect((await started).json).toEqual({ pages: 1 });
    expect((await call({ silent: true })).json).toEqual({ pages: 1 });
    expect(tasks.started).toBe(1);
    expect(await call({ silent: false })).toMatchObject({
      isError: true,
      json: { error: { code: 'IDEMPOTENCY_KEY_CONFLICT' } },
    });
  });

  test('null and telemetry among the arguments are dropped, and null that is a value is kept (clients.md 8, 9)', async () => {
    const { target, tasks } = createFace({ registry });
    await using client = await connectClient(dialect, target);
    const sent = { month: '2026-05', customer: null, _meta: { traceparent: '0' } };
    const call = client.call('report', { ...sent, idempotency_key: null });
    await tasks.whenWaiting();
    const { taskRef, idempotencyKey } = (await tasks.list(LOCAL, { limit: 1 })).tasks[0]!;
    tasks.set(taskRef, { status: 'completed', result: { pages: 1 }, attempt: 1 });
    expect((await call).isError).toBe(false);
    const known = await tasks.start(LOCAL, {
      operation: 'report',
      parameters: { month: '2026-05', customer: null },
      idempotencyKey,
    });
    expect(known.deduplicated).toBe(true);
  });

  test.each([
    ['parameters that do not fit', { month: 5 }, '/month'],
    ['a field that nobody knows', { month: '', other: 1 }, '/other'],
    ['a key that cannot be one', { month: '', idempotency_key: 'a b' }, '/idempotency_key'],
  ])(
    '%s are refused with the path, and nothing is started (clients.md 4)',
    async (_, args, path) => {
      const { target, tasks } = createFace({ registry });
      await using client = await connectClient(dialect, target);
      const answer = await client.call('report', args);
      expect(answer).toMatchObject({
        isError: true,
        json: { error: { code: 'INVALID_PARAMETERS' } },
      });
      expect(answer.json.error.details.issues).toMatchObject([{ path }]);
      expect(tasks.started).toBe(0);
    },
  );

  test('a backend that is away is an error result that says what to do', async () => {
    const { target, tasks } = createFace({ registry });
    await using client = await connectClient(dialect, target);
    tasks.failWith(new OperationError('BACKEND_UNAVAILABLE', 'Temporal is away'));
    expect(await client.call('slow')).toMatchObject({
      isError: true,
      json: { error: { code: 'BACKEND_UNAVAILABLE' }, next_step: expect.any(String) },
    });
  });

  test('a task that asks is handed out with its questions where the client cannot ask', async () => {
    const { target, tasks } = createFace({ registry });
    await using client = await connectClient(dialect, target);
    const { json } = await client.call('refund', { silent: false });
    expect(json).toMatchObject({
      status: 'input_required',
      attempt: null,
      input_requests: {
        reason: { message: 'Why?', requested_schema: QUESTIONS['reason']!.requestedSchema },
        amount: { message: 'How much?' },
      },
      next_step: expect.stringMatching(/ask the user .*call provide_task_input/),
    });
    const { task_ref } = json;
    const partly = await client.call('provide_task_input', {
      task_ref,
      responses: {
        reason: { action: 'accept', content: { value: 'broken' } },
        colour: { action: 'decline', content: null },
      },
    });
    expect(partly).toMatchObject({
      isError: false,
      json: {
        status: 'input_required',
        input_requests: { amount: { message: 'How much?' } },
        next_step: expect.stringMatching(
          /^Ignored, since no open question has this key: "colour"\. The task waits/,
        ),
      },
    });
    const wholly = await client.call('provide_task_input', {
      task_ref,
      responses: { amount: { action: 'cancel' } },
    });
    expect(wholly.json).toMatchObject({ status: 'processing', input_requests: null });
    expect(tasks.provided).toMatchObject([
      { reason: { action: 'accept', content: { value: 'broken' } } },
      { amount: { action: 'cancel' } },
    ]);
  });

  test('progress comes with a token at once, message by message, and stands in the handle without', async () => {
    const face = createFace({ registry });
    const { tasks, target } = face;
    await using client = await connectClient(dialect, target);
    const notices: ClientProgress[] = [];
    const call = client.call(
      'report',
      { month: '' },
      { onProgress: (notice) => notices.push(notice) },
    );
    await tasks.whenWaiting();
    const { taskRef } = await only(face);
    for (const message of ['one', 'two']) {
      tasks.set(taskRef, toProcessing({ fraction: 0.5, message }));
      while (notices.at(-1)?.message !== message) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    tasks.set(taskRef, { status: 'completed', result: { pages: 1 }, attempt: 1 });
    expect((await call).json).toEqual({ pages: 1 });
    expect(notices.map(({ message }) => message)).toEqual(['one', 'two']);
    expect(notices[1]!.progress).toBeGreaterThan(notices[0]!.progress);
  });

  test('without the pair a handle leads back to the same tool', async () => {
    const face = createFace({ tools: PAIR_OFF });
    const { tasks, target } = face;
    await using client = await connectClient(dialect, target);
    expect((await client.listTools()).map(({ name }) => name)).toEqual(['batch', 'sleep']);
    const { json } = await client.call('sleep', { seconds: 1 });
    const { taskRef, idempotencyKey } = await only(face);
    expect(json).toMatchObject({
      next_step: `In 1 s call sleep again with the same arguments and idempotency_key "${idempotencyKey}": it answers with the result of this task, or with the task as it then stands.`,
    });
    tasks.set(taskRef, { status: 'completed', result: { slept: 1 }, attempt: 1 });
    const again = await client.call('sleep', { seconds: 1, idempotency_key: idempotencyKey });
    expect(again.json).toEqual({ slept: 1 });
  });
});

test('a shutdown answers the handle', async () => {
  const face = createFace({ registry });
  await using client = await connectClient('client 2.4 modern', face.target);
  const call = client.call('greet');
  await face.tasks.whenWaiting();
  await face.factory.drain();
  expect((await call).json.status).toBe('pending');
});

test('a wait that fails still answers the handle', async () => {
  const face = createFace({ registry });
  await using client = await connectClient('client 2.4 modern', face.target);
  face.tasks.wait = () => Promise.reject(new Error('away'));
  expect((await client.call('report', { month: '' })).json).toMatchObject({ status: 'pending' });
});

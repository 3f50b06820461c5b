import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import type { Json } from '../../../src/contract/json.ts';
import { estimateTokens } from '../../../src/mcp/results/tokens.ts';
import { connectClient, DIALECTS } from '../../support/clients/mcp-clients.ts';
import { createFace, type Face } from '../../support/gateways/face.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';

const NAME = 'wait_for_background_tasks';
const ME = { principal: 'local' };
const modern = 'client 2.4 modern';

/** So many tasks, by their handles. */
async function start({ tasks }: Face, count: number): Promise<string[]> {
  const request = { operation: 'sleep', parameters: { seconds: 1 } };
  const started = Array.from({ length: count }, async (_, index) =>
    tasks.start(ME, { ...request, idempotencyKey: String(index) }),
  );
  return (await Promise.all(started)).map(({ task }) => task.taskRef);
}

const complete = ({ tasks }: Face, taskRef: string, result: Json = 'done') => {
  tasks.set(taskRef, { status: 'completed', result, attempt: 1 });
};

describe.each(DIALECTS)('over %s', (dialect) => {
  test('the first of several tasks ends a wait for any of them', async () => {
    const face = createFace();
    await using client = await connectClient(dialect, face.target);
    const refs = await start(face, 3);
    face.tasks.set(refs[0]!, toProcessing({ fraction: 0.5, message: 'half' }));
    const waiting = client.call(NAME, { task_refs: refs, wait_for: 'any' });
    await face.tasks.whenWaiting();
    complete(face, refs[1]!);
    expect((await waiting).json).toEqual({
      tasks: [
        {
          task_ref: refs[0],
          operation_type: 'sleep',
          status: 'processing',
          done: false,
          progress: { fraction: 0.5, message: 'half' },
        },
        {
          task_ref: refs[1],
          operation_type: 'sleep',
          status: 'completed',
          done: true,
          result: 'done',
        },
        { task_ref: refs[2], operation_type: 'sleep', status: 'pending', done: false },
      ],
      done: 1,
      open: 2,
      poll_after_ms: expect.any(Number),
      next_step: expect.stringMatching(/^1 of 3 are done\. Call wait_for_background_tasks again/),
    });
  });
});

test('the last of several ends a wait for all of them', async () => {
  const face = createFace();
  await using client = await connectClient(modern, face.target);
  const refs = await start(face, 2);
  const waiting = client.call(NAME, { task_refs: refs, wait_for: 'all' });
  await face.tasks.whenWaiting();
  complete(face, refs[0]!);
  complete(face, refs[1]!);
  expect((await waiting).json).toMatchObject({
    done: 2,
    open: 0,
    poll_after_ms: null,
    next_step: 'All of them are done.',
  });
});

test('a task that asks is named with what to do, and one that failed with its error', async () => {
  const face = createFace();
  await using client = await connectClient(modern, face.target);
  const refs = await start(face, 2);
  const question = { message: 'Sure?', requestedSchema: { type: 'object' } } as const;
  face.tasks.set(refs[0]!, { status: 'input_required', attempt: 1, requests: { sure: question } });
  const error = { code: 'UPSTREAM_REJECTED', message: 'no', retryable: false } as const;
  face.tasks.set(refs[1]!, { status: 'failed', error, attempt: 1 });
  const { json } = await client.call(NAME, { task_refs: refs, wait_for: 'all' });
  expect(json).toMatchObject({
    tasks: [{ input_requests: { sure: {} } }, { error, next_step: expect.any(String) }],
    next_step: expect.stringContaining(`${refs[0]} say, and call provide_task_input`),
  });
});

test('a handle that names none of them costs the others nothing; without any, the call is refused', async () => {
  const face = createFace();
  await using client = await connectClient(modern, face.target);
  const [ref] = await start(face, 1);
  const other = await face.tasks.start(
    { principal: 'other' },
    { operation: 'sleep', parameters: { seconds: 1 } },
  );
  complete(face, ref!);
  complete(face, other.task.taskRef, 'secret');
  const foreign = other.task.taskRef;
  const { json, text } = await client.call(NAME, {
    task_refs: [`"${ref}".`, foreign, ref],
    wait_for: 'all',
  });
  expect(json).toMatchObject({
    tasks: [{ result: 'done' }, { task_ref: foreign, error: { code: 'TASK_NOT_FOUND' } }],
    done: 1,
  });
  expect(text).not.toContain('secret');
  expect(await client.call(NAME, { task_refs: [foreign], wait_for: 'any' })).toMatchObject({
    isError: true,
    json: { error: { code: 'TASK_NOT_FOUND' } },
  });
});

test('results share one budget: small ones are whole, large ones are read on by their handles', async () => {
  const tools = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: 2_000 };
  const face = createFace({ tools });
  await using client = await connectClient(modern, face.target);
  const refs = await start(face, 6);
  const large = Array.from({ length: 500 }, (_, id) => ({ id, name: `Customer ${id}` }));
  for (const [index, ref] of refs.entries()) complete(face, ref, index < 2 ? large : 'small');
  const { json, text } = await client.call(NAME, { task_refs: refs, wait_for: 'all' });
  expect(json).toMatchObject({
    tasks: [
      { result: null, result_preview: { type: 'list of 500 items' } },
      { result: null, result_preview: { type: 'list of 500 items' } },
      ...Array.from({ length: 4 }, () => ({ result: 'small' })),
    ],
    next_step: expect.stringContaining('call read_task_result with its task_ref'),
  });
  expect(estimateTokens(text)).toBeLessThan(2_000);
});

test('where the caller has no wait left it is answered at once', async () => {
  const face = createFace();
  const tasks = {
    ...face.tasks,
    waitForMany: async (
      ...[caller, refs, waitFor, waitMs]: Parameters<typeof face.tasks.waitForMany>
    ) =>
      waitMs > 0
        ? Promise.reject(new OperationError('RATE_LIMITED', 'as many wait as may'))
        : face.tasks.waitForMany(caller, refs, waitFor, waitMs),
  };
  const { target } = createFace({ tasks });
  await using client = await connectClient(modern, target);
  const refs = await start(face, 2);
  const { json } = await client.call(NAME, { task_refs: refs, wait_for: 'any' });
  expect(json).toMatchObject({
    open: 2,
    next_step: expect.stringMatching(/^As many of your calls/),
  });
});

test('a gateway that shuts down answers it with the tasks as they stand', async () => {
  const face = createFace();
  await using client = await connectClient(modern, face.target);
  const refs = await start(face, 2);
  const waiting = client.call(NAME, { task_refs: refs, wait_for: 'all' });
  await face.tasks.whenWaiting();
  await face.factory.drain();
  expect((await waiting).json).toMatchObject({ open: 2 });
});

test.each([
  ['no handles', { task_refs: [], wait_for: 'any' }],
  ['more than 50', { task_refs: Array(51).fill('a.b'), wait_for: 'any' }],
  ['nothing to wait for', { task_refs: ['a.b'] }],
])('%s is refused', async (_, args) => {
  await using client = await connectClient(modern, createFace().target);
  expect(await client.call(NAME, args)).toMatchObject({
    isError: true,
    json: { error: { code: 'INVALID_PARAMETERS' } },
  });
});

import { describe, expect, test } from '@jest/globals';
import { OperationError } from '../../../src/contract/errors.ts';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import type { Running } from '../../support/gateways/http-gateway.ts';
import {
  accept,
  ASKABLE,
  ASKING,
  callTool as call,
  DONE,
  finish,
  startTypedGateway as start,
  toForm,
  WHOLE,
} from '../typed-operations.ts';

const LOCAL = { principal: 'local' };

describe('what a task asks while a call waits for it', () => {
  /** A call whose task asks; returns what came back. */
  async function ask(running: Running, capabilities: object = ASKABLE) {
    const waiting = call(running, 'report', { arguments: { month: '' } }, capabilities);
    await running.tasks.whenWaiting();
    const [task] = (await running.tasks.list(LOCAL, { limit: 1 })).tasks;
    running.tasks.set(task!.taskRef, ASKING);
    return { ...(await waiting), taskRef: task!.taskRef };
  }
  const retry = (running: Running, requestState: unknown, inputResponses?: object) =>
    call(running, 'report', { arguments: { month: '' }, requestState, inputResponses });

  test('is asked, and with the answers the call goes on waiting for the same task', async () => {
    await using running = await start();
    const { result } = await ask(running);
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { reason: toForm('reason'), amount: toForm('amount') },
      requestState: expect.any(String),
    });
    const answer = retry(running, result['requestState'], WHOLE);
    await finish(running);
    expect((await answer).result).toMatchObject({ structuredContent: { pages: 1 } });
    expect(running.tasks.provided).toEqual([WHOLE]);
    expect(running.tasks.started).toBe(1);
  });

  test('is asked in part when it is answered in part, with another state', async () => {
    await using running = await start();
    const { result } = await ask(running);
    const partly = await retry(running, result['requestState'], { reason: accept('broken') });
    expect(Object.keys(partly.result['inputRequests']!)).toEqual(['amount']);
    expect(partly.result['requestState']).not.toBe(result['requestState']);
  });

  test('is asked again, with the reason, when an answer does not fit', async () => {
    await using running = await start();
    const { result } = await ask(running);
    const again = await retry(running, result['requestState'], { ...WHOLE, amount: accept('x') });
    expect(again.result['inputRequests']).toEqual({
      amount: {
        ...toForm('amount'),
        params: {
          ...toForm('amount').params,
          message: expect.stringMatching(/^How much\? \(.*did not fit/),
        },
      },
    });
  });

  test('is asked again when the call comes back without answers', async () => {
    await using running = await start();
    const { result } = await ask(running);
    const again = await retry(running, result['requestState']);
    expect(again.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { reason: {}, amount: {} },
    });
  });

  test('is not asked again of who has answered it, while the record does not show it yet', async () => {
    await using running = await start();
    const { result, taskRef } = await ask(running);
    const { tasks } = running;
    tasks.provideInput = (caller) => tasks.read(caller, taskRef);
    const { read } = createLateRecord(tasks, taskRef);
    tasks.read = read;
    const answer = await retry(running, result['requestState'], WHOLE);
    expect(answer.result).toMatchObject({ structuredContent: { pages: 1 } });
  });

  test.each([
    ['of somebody else', { principal: 'eve' }, 'report', { month: '' }],
    ['of another operation', LOCAL, 'greet', {}],
  ])('is not answered in the name of a task %s', async (_, caller, operation, parameters) => {
    await using running = await start();
    const { result } = await ask(running);
    const other = await running.tasks.start(caller, { operation, parameters });
    running.tasks.set(other.task.taskRef, ASKING);
    const own = (await running.tasks.list(LOCAL, { limit: 5, operation: 'report' })).tasks[0]!;
    const state = (result['requestState'] as string).replace(own.taskRef, other.task.taskRef);
    const answer = await retry(running, state, WHOLE);
    expect(answer.error).toMatchObject({ code: -32602 });
    expect(running.tasks.provided).toEqual([]);
  });

  test('is handed out where the client cannot be asked', async () => {
    await using running = await start();
    expect((await ask(running, {})).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { status: 'input_required', input_requests: { reason: {}, amount: {} } },
    });
  });
});

/** A record that shows the answers at the third look. */
function createLateRecord(tasks: Running['tasks'], taskRef: string): Pick<typeof tasks, 'read'> {
  const { read } = { read: tasks.read.bind(tasks) };
  let looks = 0;
  return {
    read: (caller, ref) => {
      looks += 1;
      if (looks === 3) tasks.set(taskRef, toProcessing());
      if (looks === 3)
        setImmediate(() => {
          tasks.set(taskRef, DONE);
        });
      return read(caller, ref);
    },
  };
}

test('answers that the record refuses are a refusal of the call', async () => {
  await using running = await start();
  const waiting = call(running, 'report', { arguments: { month: '' } });
  await running.tasks.whenWaiting();
  const [task] = (await running.tasks.list(LOCAL, { limit: 1 })).tasks;
  running.tasks.set(task!.taskRef, ASKING);
  const { requestState } = (await waiting).result;
  running.tasks.refuseInput(new OperationError('BACKEND_UNAVAILABLE', 'away'));
  const retry = { arguments: { month: '' }, requestState, inputResponses: WHOLE };
  expect((await call(running, 'report', retry)).result).toMatchObject({ isError: true });
});

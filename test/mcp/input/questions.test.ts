import { describe, expect, test } from '@jest/globals';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { InputResponse } from '../../../src/contract/input.ts';
import { createFace } from '../../support/gateways/face.ts';
import { WITH_TASKS } from '../../support/clients/json-rpc.ts';
import {
  accept,
  ASKABLE,
  ASKING,
  callTool as call,
  createTypedRegistry,
  DONE,
  finish,
  QUESTIONS,
  startTypedGateway as start,
  toForm,
  WHOLE,
} from '../typed-operations.ts';

const LOCAL = { principal: 'local' };
const registry = createTypedRegistry();

describe('what an operation asks before it starts', () => {
  test('is asked before anything is started, and the answers start the task', async () => {
    await using running = await start();
    const first = await call(running, 'refund');
    expect(first.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { reason: toForm('reason'), amount: toForm('amount') },
    });
    expect(first.result['requestState']).toEqual(expect.any(String));
    expect(running.tasks.started).toBe(0);
    const second = call(running, 'refund', { inputResponses: WHOLE });
    await finish(running);
    expect((await second).result).toMatchObject({
      resultType: 'complete',
      structuredContent: { pages: 1 },
    });
    expect(running.tasks.provided).toEqual([WHOLE]);
  });

  test('is asked before a task is made for a client that takes tasks', async () => {
    await using running = await start();
    const capabilities = { ...ASKABLE, ...WITH_TASKS };
    const first = await call(running, 'refund', {}, capabilities);
    expect(first.result).toMatchObject({ resultType: 'input_required' });
    expect(first.result).not.toHaveProperty('taskId');
    const second = call(running, 'refund', { inputResponses: WHOLE }, capabilities);
    await running.tasks.whenWaiting();
    await running.factory.drain();
    expect((await second).result).toMatchObject({ resultType: 'task', status: 'working' });
  });

  test('is left to the task where nothing is asked for these parameters', async () => {
    await using running = await start();
    const answer = call(running, 'refund', { arguments: { silent: true } });
    await finish(running);
    expect((await answer).result).toMatchObject({ resultType: 'complete' });
  });

  test('is asked in part when it is answered in part, and the first answers count', async () => {
    await using running = await start();
    const partly = await call(running, 'refund', { inputResponses: { reason: accept('broken') } });
    expect(Object.keys(partly.result['inputRequests']!)).toEqual(['amount']);
    const { requestState } = partly.result;
    const rest = { inputResponses: { amount: accept(5) }, requestState };
    const wholly = call(running, 'refund', rest);
    await finish(running);
    expect((await wholly).result).toMatchObject({ resultType: 'complete' });
    expect(running.tasks.provided).toEqual([WHOLE]);
  });

  test('is asked again, with the reason, when an answer does not fit', async () => {
    await using running = await start();
    const { result } = await call(running, 'refund', {
      inputResponses: { ...WHOLE, amount: accept('much') },
    });
    expect(result).toMatchObject({
      resultType: 'input_required',
      inputRequests: {
        amount: {
          params: { message: expect.stringMatching(/^How much\? \(.*\/amount\/content\/value/) },
        },
      },
    });
    expect(Object.keys(result['inputRequests']!)).toEqual(['amount']);
    expect(running.tasks.started).toBe(0);
  });

  test('is answered by a refusal, too', async () => {
    await using running = await start();
    const inputResponses = { reason: { action: 'decline' }, amount: { action: 'cancel' } };
    const answer = call(running, 'refund', { inputResponses });
    await finish(running);
    expect((await answer).error).toBeNull();
    expect(running.tasks.provided).toEqual([inputResponses]);
  });

  test('is not answered by what nobody asked', async () => {
    await using running = await start();
    const { result } = await call(running, 'refund', {
      inputResponses: { colour: accept('red'), size: 7 },
    });
    expect(Object.keys(result['inputRequests']!)).toEqual(['reason', 'amount']);
  });

  test.each(['answers:', 'answers:e30-TAMPERED', 'nothing like it', 'task:AAAAAAAA:x'])(
    'is not answered by the state %s, which nobody sent',
    async (requestState) => {
      await using running = await start();
      const answer = await call(running, 'refund', { inputResponses: WHOLE, requestState });
      expect(answer.error).toMatchObject({ code: -32602 });
      expect(running.tasks.started).toBe(0);
    },
  );

  test.each([
    ['nothing', {}],
    ['addresses alone', { elicitation: { url: {} } }],
    ['sampling', { sampling: {} }],
  ])('is not asked of a client that declared %s', async (_, capabilities) => {
    await using running = await start();
    const { result } = await call(running, 'refund', {}, capabilities);
    expect(result).toMatchObject({
      resultType: 'complete',
      structuredContent: { status: 'input_required', input_requests: { reason: {}, amount: {} } },
    });
  });

  test('is not asked while parameters do not fit', async () => {
    await using running = await start();
    const { result } = await call(running, 'refund', { arguments: { silent: 1 } });
    expect(result).toMatchObject({ resultType: 'complete', isError: true });
  });
});

test('a client that answers for its user gets from the call to the result by itself', async () => {
  const face = createFace({ registry });
  const client = new Client(
    { name: 'test', version: '1' },
    { versionNegotiation: { mode: 'auto' }, capabilities: ASKABLE },
  );
  const asked: string[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return params.message === 'Why?'
      ? { action: 'accept', content: { value: 'broken' } }
      : ({ action: 'decline' } satisfies InputResponse);
  });
  const { url, fetch } = face.target;
  await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  await client.listTools();
  const calling = client.callTool({ name: 'refund', arguments: {} });
  await face.tasks.whenWaiting();
  const [task] = (await face.tasks.list(LOCAL, { limit: 1 })).tasks;
  face.tasks.set(task!.taskRef, { ...ASKING, requests: { reason: QUESTIONS['reason']! } });
  while (face.tasks.provided.length < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  face.tasks.set(task!.taskRef, DONE);
  expect(await calling).toMatchObject({ structuredContent: { pages: 1 } });
  expect(asked.sort()).toEqual(['How much?', 'Why?', 'Why?']);
  expect(face.tasks.provided).toEqual([
    { reason: accept('broken'), amount: { action: 'decline' } },
    { reason: accept('broken') },
  ]);
  await client.close();
});

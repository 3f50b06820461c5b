// Upstreams that have tasks themselves, of both generations.
import { setTimeout as sleep } from 'node:timers/promises';
import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { InputRequired } from '../../../../src/contract/input.ts';
import type { JsonObject } from '../../../../src/contract/json.ts';
import { toUpstreamOperations } from '../../../../src/operations/kinds/mcp/operations.ts';
import { listTools } from '../../../../src/operations/kinds/mcp/tools.ts';
import { upstreams } from '../../../../src/operations/kinds/mcp/upstream.ts';
import type { JobStatus, Operation } from '../../../../src/operations/operation.ts';
import { createServices } from '../../../../src/operations/services.ts';
import { startTaskServer, type TaskServer } from '../../../support/peers/task-server.ts';
import { startCall, toCallSteps } from '../../../support/operations/call-tool.ts';
import {
  createTestContext,
  createTestHost,
  type ContextOverrides,
} from '../../../support/operations/context.ts';

const EVERYTHING = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);
const host = createTestHost();
const services = createServices(host);
afterAll(async () => services[Symbol.asyncDispose]());

async function define(entry: object): Promise<Map<string, Operation>> {
  const upstream = { ...upstreams.parse({ peer: entry })['peer']!, name: 'peer' };
  const listing = await listTools(upstream, host);
  const { operations } = toUpstreamOperations([{ upstream, listing }], new Set());
  return new Map(operations.map((operation) => [operation.name, operation]));
}

/** Calls a tool of which the server makes a task; resolves to what finds it. */
async function start(operation: Operation | undefined, args: object = {}): Promise<string> {
  const answer = await startCall(operation, args, { services });
  if (!('followed' in answer)) throw new Error('the server made no task of the call');
  return answer.followed.handle as string;
}

async function poll(
  operation: Operation | undefined,
  handle: string,
  more: ContextOverrides = {},
): Promise<JobStatus> {
  const context = createTestContext({ services, ...more });
  return toCallSteps(operation).poll({ parameters: {}, handle }, context);
}

const RESULT = { content: [{ type: 'text', text: 'done' }], isError: true, _meta: { a: 1 } };

describe.each(['older', 'newer'] as const)('tasks of the %s generation', (generation) => {
  let peer: TaskServer;
  let tools: Map<string, Operation>;
  let work: Operation | undefined;
  beforeAll(async () => {
    peer = await startTaskServer(generation);
    tools = await define({ url: peer.url });
    work = tools.get('work');
  });
  afterAll(async () => peer[Symbol.asyncDispose]());

  test('a call becomes a task of the server, which every worker finds, and its result is the result', async () => {
    const handle = await start(work);
    expect([...peer.tasks.keys()]).toContain(handle);
    expect(await poll(work, handle)).toMatchObject({ done: false, pollAfterMs: 100 });
    peer.end({ status: 'completed', result: RESULT });
    const later = createServices(host); // of another process
    expect(await poll(work, handle, { services: later })).toEqual({ done: true, result: RESULT });
    await later[Symbol.asyncDispose]();
    expect(peer.requests.filter(({ method }) => method === 'tools/call')).toHaveLength(1);
  });

  test('a task that the server forgot says so, and may have taken effect', async () => {
    const handle = await start(work);
    peer.tasks.clear();
    await expect(poll(work, handle)).rejects.toMatchObject({
      ...{ code: 'OUTCOME_UNKNOWN', again: false, jobMayRun: false },
      message: expect.stringMatching(
        /^upstream peer, tool work: the server no longer knows the task \S+ that it made of the call/,
      ) as never,
    });
  });

  test('a task that the server has cancelled is its refusal', async () => {
    const handle = await start(work);
    peer.end({ status: 'cancelled' });
    await expect(poll(work, handle)).rejects.toMatchObject({ code: 'UPSTREAM_REJECTED' });
  });

  test('a cancel goes to the server, and one that comes late does no harm', async () => {
    const handle = await start(work);
    const cancel = async (taskId: string) =>
      toCallSteps(work).cancel?.(
        { parameters: {}, handle: taskId },
        createTestContext({ services }),
      );
    await cancel(handle);
    expect(peer.tasks.get(handle)?.status).toBe('cancelled');
    await cancel(handle);
    await expect(cancel('unknown')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  });

  test('a poll while the server is away is repeated', async () => {
    const away = await startTaskServer(generation);
    const other = (await define({ url: away.url })).get('work');
    const handle = await start(other);
    await away[Symbol.asyncDispose]();
    await expect(poll(other, handle)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});

describe('tasks of the newer generation', () => {
  let peer: TaskServer;
  let tools: Map<string, Operation>;
  beforeAll(async () => {
    peer = await startTaskServer('newer');
    tools = await define({ url: peer.url });
  });
  afterAll(async () => peer[Symbol.asyncDispose]());

  test('the server decides which call becomes one', async () => {
    const answer = await startCall(tools.get('plain'), {}, { services });
    expect(answer).toMatchObject({ result: { content: [{ text: 'at once' }] } });
  });

  test('its questions are those of the task, and the answers go to it', async () => {
    const work = tools.get('work');
    const handle = await start(work);
    const schema = { type: 'object', properties: { sure: { type: 'boolean' } } };
    const params = { message: 'Really?', requestedSchema: schema };
    const url = {
      mode: 'url',
      message: 'Sign in.',
      url: 'https://example.com/',
      elicitationId: '1',
    };
    peer.end({
      status: 'input_required',
      inputRequests: {
        confirm: { method: 'elicitation/create', params },
        'of a person': { method: 'elicitation/create', params: url },
      },
    });
    const asked = await poll(work, handle).catch((thrown: unknown) => thrown);
    expect(asked).toBeInstanceOf(InputRequired);
    const { requests } = asked as InputRequired;
    expect(Object.values(requests).map(({ message }) => message)).toEqual([
      'Really?',
      'Sign in. Open https://example.com/, and answer when that is done.',
    ]);
    const [first = '', second = ''] = Object.keys(requests);
    expect(first).toBe('task_confirm');
    const accepted = { action: 'accept' as const, content: { sure: true } };
    const inputResponses = { [first]: accepted, [second]: { action: 'decline' as const } };
    expect(await poll(work, handle, { inputResponses })).toMatchObject({ done: false });
    expect(peer.requests.at(-1)).toMatchObject({
      method: 'tasks/update',
      params: { inputResponses: { confirm: accepted, 'of a person': { action: 'decline' } } },
    });
    peer.end({ status: 'failed', error: { code: -32_603, message: 'the shelf is locked' } });
    await expect(poll(work, handle, { inputResponses })).rejects.toMatchObject({
      code: 'UPSTREAM_REJECTED',
      message: 'upstream peer, tool work: error -32603: the shelf is locked',
    });
  });

  test('a question is open until the server says otherwise, and is not given up where it does not answer', async () => {
    const work = tools.get('work');
    const handle = await start(work);
    const waits = async (operation: Operation | undefined, taskId: string, question: string) =>
      toCallSteps(operation).waitsFor(
        [question],
        { parameters: null, handle: taskId },
        createTestContext({ services }),
      );
    const params = { message: 'Really?', requestedSchema: { type: 'object', properties: {} } };
    const inputRequests = { confirm: { method: 'elicitation/create', params } };
    peer.end({ status: 'input_required', inputRequests });
    expect(await waits(work, handle, 'task_confirm')).toBe(true);
    expect(await waits(work, handle, 'task_another')).toBe(false);
    expect(await waits(work, 'forgotten', 'task_confirm')).toBe(false);
    peer.tasks.set(handle, { status: 'completed', createdAt: '', result: RESULT });
    expect(await waits(work, handle, 'task_confirm')).toBe(false);

    const away = await startTaskServer('newer');
    const other = (await define({ url: away.url })).get('work');
    const lost = await start(other);
    await away[Symbol.asyncDispose]();
    await expect(waits(other, lost, 'task_confirm')).rejects.toMatchObject({
      ...{ code: 'OUTCOME_UNKNOWN', again: true, retryAfterMs: 30_000 },
      message: expect.stringMatching(
        /^upstream peer, tool work: its task \S+ waits for an answer, and the server does not say what becomes of it \(fetch failed/,
      ) as never,
    });
  });

  test('a task that asks for a model is refused with the reason, and is to be cancelled', async () => {
    const work = tools.get('work');
    const handle = await start(work);
    const inputRequests = { model: { method: 'sampling/createMessage', params: {} } };
    peer.end({ status: 'input_required', inputRequests });
    await expect(poll(work, handle)).rejects.toMatchObject({
      ...{ code: 'UPSTREAM_REJECTED', again: false, jobMayRun: true },
      message: expect.stringContaining('Longhaul does not offer sampling') as never,
    });
  });
});

test('a server from npm asks on the stream of the result, and its answer brings that', async () => {
  const tools = await define({ command: process.execPath, args: [EVERYTHING] });
  const research = tools.get('simulate-research-query');
  const handle = await start(research, { topic: 'python', ambiguous: true });
  let asked: unknown;
  while (asked === undefined) {
    await poll(research, handle).catch((thrown: unknown) => (asked = thrown));
    await sleep(50);
  }
  expect(asked).toBeInstanceOf(InputRequired);
  const { requests } = asked as InputRequired;
  expect(requests).toMatchObject({
    task_question_1: { message: expect.stringContaining('python') as never },
  });
  const answer = { action: 'accept' as const, content: { interpretation: 'snake' } };
  const inputResponses = { task_question_1: answer };
  let end: JobStatus = { done: false };
  while (!end.done) {
    end = await poll(research, handle, { inputResponses });
    await sleep(50);
  }
  const result = (end as { result?: JsonObject }).result;
  expect(JSON.stringify(result)).toContain('Research Report: python (snake)');
  expect(result?.['_meta']).toBeUndefined();
}, 60_000);

// Typed tools against a real server: two gateways over one record, and a worker.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { batch } from '../../src/operations/builtin/batch.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { defineOperation } from '../../src/operations/define.ts';
import { SEARCH_ATTRIBUTES } from '../../src/temporal/calls/search-attributes.ts';
import { connectClient, DIALECTS } from '../support/clients/mcp-clients.ts';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { callLegacy, callModern } from '../support/clients/json-rpc.ts';
import { openTestGateway, startTestWorker } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 240_000;
const askName = {
  name: {
    message: 'Who?',
    requestedSchema: {
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
    },
  },
};
const nothing = z.object({});
const output = z.object({ said: z.string() });
let runs = 0;

/** The lanes, and what says something in each. */
const LANES = [
  { lane: 'workflow', say: 'say', sayLater: 'say_later' },
  { lane: 'activity', say: 'quick_say', sayLater: 'quick_say_later' },
] as const;

const registry = createRegistry([
  batch,
  ...LANES.flatMap(({ lane, say, sayLater }) => [
    defineOperation({
      name: say,
      lane,
      description: 'Says it.',
      input: z.object({ what: z.string() }),
      output,
      inlineWaitSeconds: 60,
      run: ({ what }) => {
        runs += 1;
        return { said: what };
      },
    }),
    defineOperation({
      name: sayLater,
      lane,
      description: 'Says it, to whom comes back.',
      input: nothing,
      output,
      inlineWaitSeconds: 0,
      run: () => ({ said: 'later' }),
    }),
  ]),
  ...(['greet_first', 'greet'] as const).map((name) =>
    defineOperation({
      name,
      description: 'Asks and greets.',
      input: nothing,
      output,
      inlineWaitSeconds: 60,
      ...(name === 'greet_first' && { askFirst: () => askName }),
      run: (_, context) => {
        const answer = context.ask(askName).name;
        return {
          said: answer.action === 'accept' ? JSON.stringify(answer.content) : answer.action,
        };
      },
    }),
  ),
]);

const opened: AsyncDisposable[] = [];
let one: Running;
let other: Running;

function keep<Live extends AsyncDisposable>(live: Live): Live {
  opened.push(live);
  return live;
}

beforeAll(async () => {
  const { address } = keep(await startTestTemporal(SEARCH_ATTRIBUTES));
  const first = keep(await openTestGateway(address, registry));
  const second = keep(await openTestGateway(address, registry));
  const worker = await startTestWorker(first, registry);
  keep({ [Symbol.asyncDispose]: () => worker.stop() });
  one = keep(await startGateway({}, { registry, tasks: first.tasks }));
  other = keep(await startGateway({}, { registry, tasks: second.tasks }));
}, LIMIT_MS);

afterAll(async () => {
  for (const live of opened.reverse()) await live[Symbol.asyncDispose]();
}, LIMIT_MS);

describe.each(DIALECTS)('for %s', (dialect) => {
  test.each(LANES)(
    'equal calls with one key run once, and each is answered with the result ($lane)',
    async ({ say }) => {
      await using client = await connectClient(dialect, one);
      const before = runs;
      const call = { what: 'hello', idempotency_key: `${say}-${DIALECTS.indexOf(dialect)}` };
      const answers = await Promise.all([client.call(say, call), client.call(say, call)]);
      expect(answers).toMatchObject([
        { isError: false, structured: { said: 'hello' } },
        { isError: false, structured: { said: 'hello' } },
      ]);
      expect(runs).toBe(before + 1);
    },
    LIMIT_MS,
  );

  test(
    'a batch is a tool, and a task of the pair whose items are waited for together',
    async () => {
      await using client = await connectClient(dialect, one);
      const key = `batch-${DIALECTS.indexOf(dialect)}`;
      const items = [{ parameters: { what: 'a' } }, { key: 'b', parameters: { what: 'b' } }];
      const parameters = { operation: 'say', items };
      const started = await client.call('initiate_background_task', {
        operation_type: 'batch',
        parameters,
        idempotency_key: key,
        wait_seconds: 25,
      });
      const result = { total: 2, done: 2, failed: 0, results: [{ item: '0' }, { item: 'b' }] };
      expect(started.json).toMatchObject({ status: 'completed', result });
      const typed = await client.call('batch', { ...parameters, idempotency_key: key });
      expect(typed).toMatchObject({ isError: false, structured: result });
      const { results } = typed.structured as { readonly results: readonly { task_ref: string }[] };
      const refs = results.map(({ task_ref }) => task_ref);
      const several = { task_refs: refs, wait_for: 'all' };
      expect((await client.call('wait_for_background_tasks', several)).json).toMatchObject({
        tasks: [{ result: { said: 'a' } }, { result: { said: 'b' } }],
      });
      const wrong = { operation: 'say', items: [...items, { parameters: { where: 1 } }] };
      expect(await client.call('batch', wrong)).toMatchObject({
        isError: true,
        json: { error: { code: 'INVALID_PARAMETERS', details: { bad_items: [2] } } },
      });
    },
    LIMIT_MS,
  );

  test(
    'a handle of one gateway is followed and answered on another',
    async () => {
      await using client = await connectClient(dialect, one);
      await using elsewhere = await connectClient(dialect, other);
      const { task_ref, status } = (await client.call('greet_first')).json;
      expect(status).toBe('input_required');
      const responses = { name: { action: 'accept', content: { name: 'Ada' } } };
      const provided = await elsewhere.call('provide_task_input', { task_ref, responses });
      expect(provided).toMatchObject({ isError: false });
      const wait = { task_ref, wait_seconds: 25 };
      expect((await elsewhere.call('resolve_task_status', wait)).json).toMatchObject({
        status: 'completed',
        result: { said: '{"name":"Ada"}' },
        input_requests: null,
      });
    },
    LIMIT_MS,
  );
});

describe.each(LANES)('natively, in the $lane lane', ({ say, sayLater }) => {
  const call = { name: sayLater, arguments: {} };

  test(
    'a task is there for every gateway as soon as it is answered',
    async () => {
      for (let round = 0; round < 5; round += 1) {
        const { taskId } = (await callModern(one.url, 'tools/call', call)).result;
        expect((await callModern(other.url, 'tasks/get', { taskId })).error).toBeNull();
        const created = (await callLegacy(one.url, 'tools/call', { ...call, task: {} })).result;
        const legacyId = (created['task'] as { taskId: string }).taskId;
        const read = await callLegacy(other.url, 'tasks/get', { taskId: legacyId });
        expect(read.error).toBeNull();
      }
    },
    LIMIT_MS,
  );

  test(
    'a batch is a task of both generations',
    async () => {
      const items = [{ parameters: { what: 'native' } }];
      const many = { name: 'batch', arguments: { operation: say, items } };
      const done = { total: 1, done: 1 };
      const { taskId } = (await callModern(one.url, 'tools/call', many)).result;
      const created = (await callLegacy(one.url, 'tools/call', { ...many, task: {} })).result;
      const legacyId = (created['task'] as { taskId: string }).taskId;
      const result = await callLegacy(one.url, 'tasks/result', { taskId: legacyId });
      expect(result.result).toMatchObject({ structuredContent: done });
      await callLegacy(one.url, 'tasks/result', { taskId });
      expect((await callModern(other.url, 'tasks/get', { taskId })).result).toMatchObject({
        status: 'completed',
        result: { structuredContent: done },
      });
    },
    LIMIT_MS,
  );

  test(
    'what 2025-11-25 started is resolved by the pair and by the extension',
    async () => {
      const created = (await callLegacy(one.url, 'tools/call', { ...call, task: {} })).result;
      const { taskId } = created['task'] as { taskId: string };
      const result = await callLegacy(one.url, 'tasks/result', { taskId });
      expect(result.result).toMatchObject({ structuredContent: { said: 'later' } });
      expect((await callModern(other.url, 'tasks/get', { taskId })).result).toMatchObject({
        status: 'completed',
        result: { structuredContent: { said: 'later' } },
      });
    },
    LIMIT_MS,
  );
});

describe('a modern client that can be asked', () => {
  const ask = (running: Running, name: string, more: object = {}) =>
    callModern(running.url, 'tools/call', { name, arguments: {}, ...more }, { elicitation: {} });
  const inputResponses = { name: { action: 'accept', content: { name: 'Ada' } } };

  test.each(['greet_first', 'greet'])(
    'is asked by %s, and answers at another gateway',
    async (name) => {
      const { result } = await ask(one, name);
      expect(result).toMatchObject({
        resultType: 'input_required',
        inputRequests: { name: { params: { message: 'Who?' } } },
      });
      const { requestState } = result;
      const answer = await ask(other, name, { inputResponses, requestState });
      expect(answer.result).toMatchObject({
        resultType: 'complete',
        structuredContent: { said: '{"name":"Ada"}' },
      });
    },
    LIMIT_MS,
  );
});

// A server that has never heard of Longhaul: other tools, other fields, no keys, no hints, refuses what it does not know.
import { expect, test } from '@jest/globals';
import { createTaskClient, type Dialect } from '../../src/client/index.ts';
import type { Json, JsonObject } from '../../src/contract/json.ts';
import { createFakeTiming } from './fake-timing.ts';

const JOBS: Dialect = {
  startTool: (operation) => `start_${operation}`,
  statusTool: 'get_job',
  cancelTool: 'stop_job',
  taskRef: 'job.id',
  taskRefArgument: 'id',
  status: 'job.state',
  result: 'job.output',
  error: 'job.reason',
  completed: ['succeeded'],
  failed: ['failed', 'stopped'],
};

/** Answers as text, as many servers do. */
function createForeignServer(ends: JsonObject) {
  const calls: [string, JsonObject][] = [];
  let looks = 0;
  const answer = (job: Json) => ({ content: [{ type: 'text', text: JSON.stringify({ job }) }] });
  return {
    calls,
    call: async (tool: string, args: JsonObject) => {
      calls.push([tool, args]);
      if (tool === 'start_transcode') return answer({ id: 7, state: 'waiting' });
      if (Object.keys(args).join() !== 'id') throw new Error('unknown argument');
      looks += 1;
      return answer({ id: 7, ...(looks < 4 ? { state: 'running' } : ends) });
    },
  };
}

test('its jobs are started and followed', async () => {
  const server = createForeignServer({ state: 'succeeded', output: { url: 'a.mp4' } });
  const timing = createFakeTiming();
  const client = createTaskClient(server.call, { dialect: JOBS, timing });
  const outcome = await client.run('transcode', { file: 'a.mov' }, { maxWaitSeconds: 60 });
  expect(outcome).toEqual({ status: 'completed', result: { url: 'a.mp4' } });
  expect(server.calls[0]).toEqual(['start_transcode', { file: 'a.mov' }]);
  expect(server.calls.slice(1)).toEqual(Array.from({ length: 4 }, () => ['get_job', { id: '7' }]));
  expect(timing.pauses).toEqual([1000, 2000, 4000, 8000]);
});

test('an id and a result beyond 2^53 keep their digits, whichever part of the answer the connection has rounded', async () => {
  const answers = ['{"job":{"id":9007199254740993,"state":"waiting"}}'];
  answers.push(
    '{"job":{"id":9007199254740993,"state":"succeeded","output":[18446744073709551615]}}',
  );
  const asked: JsonObject[] = [];
  const call = async (_: string, args: JsonObject) => {
    asked.push(args);
    const text = answers.shift()!;
    return { content: [{ type: 'text', text }], structuredContent: JSON.parse(text) as Json };
  };
  const client = createTaskClient(call, { dialect: JOBS, timing: createFakeTiming() });
  const outcome = await client.run('transcode', {}, { maxWaitSeconds: 60 });
  expect(JSON.stringify(outcome)).toBe('{"status":"completed","result":[18446744073709551615]}');
  expect(asked).toEqual([{}, { id: '9007199254740993' }]);
});

test('its failures have a code all the same', async () => {
  const server = createForeignServer({ state: 'stopped', reason: 'disk full' });
  const client = createTaskClient(server.call, { dialect: JOBS, timing: createFakeTiming() });
  expect(await client.run('transcode', { file: 'a.mov' })).toEqual({
    status: 'failed',
    error: { code: 'FAILED', message: 'disk full', retryable: false },
  });
});

test('a server that cannot start later is not asked to: it would start at once', async () => {
  const calls: string[] = [];
  const client = createTaskClient(
    (tool) => {
      calls.push(tool);
      return Promise.resolve({});
    },
    { dialect: JOBS },
  );
  await expect(client.start('transcode', {}, { startAfterSeconds: 60 })).rejects.toThrow(
    'startAfterSeconds: this server cannot start a task later',
  );
  expect(calls).toEqual([]);
});

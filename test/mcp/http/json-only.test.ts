// Clients that do not say that they read event streams (clients.md 32).
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toProcessing } from '../../support/gateways/fake-task-service.ts';
import {
  modernHeaders,
  send,
  startGateway,
  toModern,
  type Running,
} from '../../support/gateways/http-gateway.ts';

let running: Running;
beforeAll(async () => {
  running = await startGateway({}, { tools: { pair: true, typed: true, inlineWaitSeconds: 0 } });
});
afterAll(async () => running[Symbol.asyncDispose]());

const LIST = { name: 'list_operations', arguments: {} };
const toLegacy = (method: string, params: object) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const clientInfo = { name: 'curl', version: '8' };

test.each(['application/json', '*/*', 'application/*', 'text/plain', ''])(
  'Accept: %s is answered in JSON, in both eras',
  async (accept) => {
    const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    for (const [body, headers] of [
      [toLegacy('initialize', initialize), {}],
      [toLegacy('tools/list', {}), {}],
      [toLegacy('tools/call', LIST), {}],
      [toModern('tools/call', LIST), modernHeaders],
    ] as const) {
      const answer = await send(running.url, { body, headers: { ...headers, accept } });
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'content-type': expect.stringMatching(/^application\/json/) },
      });
      expect(JSON.parse(answer.text)).toMatchObject({ jsonrpc: '2.0', id: 1, result: {} });
    }
  },
);

test('who sends no Accept at all is answered in JSON', async () => {
  const answer = await fetch(running.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toLegacy('tools/call', LIST),
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  expect(await answer.json()).toMatchObject({ id: 1, result: { structuredContent: {} } });
});

test('a notification is taken', async () => {
  const body = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });
  expect((await send(running.url, { body, headers: { accept: '*/*' } })).status).toBe(202);
});

test('who takes streams is answered with one, where there may be progress', async () => {
  const answer = await send(running.url, { body: toLegacy('tools/call', LIST) });
  expect(answer.headers['content-type']).toBe('text/event-stream');
});

test.each(['legacy', 'modern'])(
  'progress has no place in JSON, and the result comes: %s',
  async (era) => {
    const { task } = await running.tasks.start(
      { principal: 'local' },
      { operation: 'sleep', parameters: { seconds: 1 } },
    );
    const { taskRef } = task;
    const args = { task_ref: taskRef, wait_seconds: 20 };
    const params = { name: 'resolve_task_status', arguments: args, _meta: { progressToken: 1 } };
    const modern = JSON.parse(toModern('tools/call', params)) as { params: { _meta: object } };
    modern.params._meta = { ...modern.params._meta, progressToken: 1 };
    const answer = send(running.url, {
      body: era === 'modern' ? JSON.stringify(modern) : toLegacy('tools/call', params),
      headers: {
        ...(era === 'modern' && { ...modernHeaders, 'mcp-name': 'resolve_task_status' }),
        accept: '*/*',
      },
    });
    await running.tasks.whenWaiting();
    running.tasks.set(taskRef, toProcessing({ fraction: 0.5, message: 'half' }));
    running.tasks.set(taskRef, { status: 'completed', result: 1, attempt: 1 });
    const { headers, text } = await answer;
    expect(headers['content-type']).toMatch(/^application\/json/);
    expect(JSON.parse(text)).toMatchObject({ result: { structuredContent: { done: true } } });
  },
);

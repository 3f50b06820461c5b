// A native task that its client cancels says why, whatever the client says of it.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { toCancelReason } from '../../../src/mcp/native/cancel-reason.ts';
import type { Task } from '../../../src/contract/task.ts';
import { callModern, callLegacy } from '../../support/clients/json-rpc.ts';
import { startGateway, type Running } from '../../support/gateways/http-gateway.ts';

const task = { createdAt: 1_000 } as Task;
const SURPLUS = 'clients that limit their background tasks cancel so what is above the limit';

test.each([
  ['soon after the start', {}, 1_412, `412 ms after the task was created; ${SURPLUS}`],
  ['later', { reason: 7 }, 91_000, '90000 ms after the task was created'],
])('what a client leaves out is said as far as it is known: %s', (_, params, now, known) => {
  expect(toCancelReason(params, task, now)).toBe(`by tasks/cancel of the client, ${known}`);
});

test('what a client says is taken', () => {
  expect(toCancelReason({ taskId: 't', reason: 'too many' }, task)).toBe('too many');
});

let running: Running;
beforeAll(async () => {
  running = await startGateway();
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
});

test.each([
  ['2026-07-28', callModern],
  ['2025-11-25', callLegacy],
])('it is on the record of a task of %s', async (era, call) => {
  const request = { operation: 'sleep', parameters: { seconds: 60 }, idempotencyKey: era };
  const { taskRef: taskId } = (await running.tasks.start({ principal: 'local' }, request)).task;

  await call(running.url, 'tasks/cancel', { taskId });

  const resolved = await callModern(running.url, 'tools/call', {
    name: 'resolve_task_status',
    arguments: { task_ref: taskId },
  });
  expect(JSON.stringify(resolved.result)).toContain(SURPLUS);
});

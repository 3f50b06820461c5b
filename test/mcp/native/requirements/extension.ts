// What SEP-2663 demands of a server, but for input.
/* eslint-disable jest/no-standalone-expect -- every check runs inside of a test */
import { expect } from '@jest/globals';
import { toProcessing } from '../../../support/gateways/fake-task-service.ts';
import { callModern } from '../../../support/clients/json-rpc.ts';
import {
  ACK,
  DONE,
  LOCAL,
  UNKNOWN,
  fieldsOf,
  inEveryState,
  startTask,
  toFailed,
  toRequirements,
} from './requirement.ts';

export const EXTENSION_REQUIREMENTS = toRequirements([
  {
    requirement: 'createdAt never moves, lastUpdatedAt never goes back, every answer is complete',
    source: 'SEP data types; clients.md 18',
    check: async (running) => {
      const taskId = await startTask(running);
      const seen = await inEveryState(running, taskId, async () =>
        callModern(running.url, 'tasks/get', { taskId }),
      );
      expect(new Set(seen.map(({ result }) => result['createdAt'])).size).toBe(1);
      const updates = seen.map(({ result }) => result['lastUpdatedAt'] as string);
      expect(updates).toEqual(updates.toSorted());
      expect(updates[0]! >= (seen[0]!.result['createdAt'] as string)).toBe(true);
      expect(updates[0]).toMatch(/Z$/);
      expect(new Set(seen.map(({ result }) => result['resultType']))).toEqual(
        new Set(['complete']),
      );
    },
  },
  {
    requirement: 'result, error and inputRequests are absent but in the status that has them',
    source: 'SEP tasks/get; clients.md 18',
    check: async (running) => {
      const taskId = await startTask(running);
      const seen = await inEveryState(running, taskId, async () =>
        callModern(running.url, 'tasks/get', { taskId }),
      );
      const extras = seen.map(({ result }) => [
        result['status'],
        ...['result', 'error', 'inputRequests'].filter((name) => name in result),
      ]);
      expect(extras).toEqual([
        ['working'],
        ['working'],
        ['input_required', 'inputRequests'],
        ['working'],
        ['completed', 'result'],
      ]);
    },
  },
  {
    requirement: 'ttlMs and pollIntervalMs are integers, and ttlMs is what is really kept',
    source: 'SEP TTL; clients.md 18, 19',
    check: async (running) => {
      const { tasks, url } = running;
      const taskId = await startTask(running);
      const open = (await callModern(url, 'tasks/get', { taskId })).result;
      const { retentionMs } = await tasks.read(LOCAL, taskId);
      expect(open).toMatchObject({ ttlMs: retentionMs, pollIntervalMs: expect.any(Number) });
      tasks.set(taskId, DONE);
      const { createdAt, expiresAt } = await tasks.read(LOCAL, taskId);
      const closed = (await callModern(url, 'tasks/get', { taskId })).result;
      expect(closed['ttlMs']).toBe(expiresAt! - createdAt);
      expect(Number.isInteger(open['pollIntervalMs'])).toBe(true);
    },
  },
  {
    requirement: 'progress is in statusMessage',
    source: 'SEP notifications',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toProcessing({ fraction: 0.456, message: 'third page' }));
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result['statusMessage']).toBe('45 %, third page');
    },
  },
  {
    requirement: 'a completed task carries the result of the tool',
    source: 'SEP tasks/get; clients.md 19',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, DONE);
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result['result']).toMatchObject({
        resultType: 'complete',
        content: [{ type: 'text' }],
        structuredContent: { slept: 1 },
      });
    },
  },
  {
    requirement: 'a failed operation is a completed task whose result is an error',
    source: 'SEP tool errors',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toFailed('UPSTREAM_REJECTED', 'no such order'));
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result).toMatchObject({
        status: 'completed',
        statusMessage: 'UPSTREAM_REJECTED: no such order',
        result: { isError: true, resultType: 'complete' },
      });
      expect(result).not.toHaveProperty('error');
      expect(result['result']).not.toHaveProperty('structuredContent');
      const { content } = result['result'] as { content: { text: string }[] };
      expect(JSON.parse(content[0]!.text)).toMatchObject({
        error: { code: 'UPSTREAM_REJECTED', message: 'no such order' },
        next_step: expect.any(String),
      });
    },
  },
  {
    requirement: 'an internal failure is a failed task with a JSON-RPC error and a message',
    source: 'SEP errors',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toFailed('INTERNAL', 'panic'));
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result).toMatchObject({
        status: 'failed',
        statusMessage: 'INTERNAL: panic',
        error: { code: -32603, message: 'panic', data: { code: 'INTERNAL' } },
      });
      expect(result).not.toHaveProperty('result');
    },
  },
  {
    requirement: 'a cancelled task is cancelled, with neither result nor error',
    source: 'SEP cancellation',
    check: async (running) => {
      const taskId = await startTask(running);
      expect(await callModern(running.url, 'tasks/cancel', { taskId })).toMatchObject(ACK);
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result['status']).toBe('cancelled');
      expect(result).not.toHaveProperty('result');
      expect(result).not.toHaveProperty('error');
    },
  },
  {
    requirement: 'the acknowledgement of a cancel is empty, also on a terminal task, also repeated',
    source: 'SEP tasks/cancel; clients.md 18',
    check: async (running) => {
      const taskId = await startTask(running);
      for (const state of [toProcessing(), DONE]) {
        running.tasks.set(taskId, state);
        for (let sent = 0; sent < 2; sent += 1) {
          const answer = await callModern(running.url, 'tasks/cancel', { taskId });
          expect(answer.error).toBeNull();
          expect(fieldsOf(answer)).toEqual(['resultType']);
        }
      }
    },
  },
  {
    requirement: 'a cancel that is not confirmed leaves the task working, and says so',
    source: 'SEP cancellation',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toProcessing());
      await callModern(running.url, 'tasks/cancel', { taskId });
      const { result } = await callModern(running.url, 'tasks/get', { taskId });
      expect(result).toMatchObject({
        status: 'working',
        statusMessage: expect.stringMatching(/cancel/i),
      });
    },
  },
  {
    requirement: 'a request that does not declare the extension is refused, whatever else it says',
    source: 'SEP negotiation',
    check: async (running) => {
      const taskId = await startTask(running);
      for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
        for (const params of [{ taskId }, { taskId: UNKNOWN }, {}]) {
          const refused = await callModern(running.url, method, params, {});
          expect(refused).toMatchObject({
            status: 400,
            error: {
              code: -32021,
              data: {
                requiredCapabilities: { extensions: { 'io.modelcontextprotocol/tasks': {} } },
              },
            },
          });
        }
      }
      expect((await running.tasks.read(LOCAL, taskId)).state.status).toBe('pending');
    },
  },
  {
    requirement: 'the declaration counts for its own request alone',
    source: 'SEP negotiation',
    check: async (running) => {
      const taskId = await startTask(running);
      expect((await callModern(running.url, 'tasks/get', { taskId })).error).toBeNull();
      expect((await callModern(running.url, 'tasks/get', { taskId }, {})).error).toMatchObject({
        code: -32021,
      });
    },
  },
  {
    requirement: 'a missing Mcp-Name is filled from the body, a wrong one refused',
    source: 'SEP HTTP; clients.md 17',
    check: async (running) => {
      const taskId = await startTask(running);
      const get = async (name: string | undefined) =>
        callModern(running.url, 'tasks/get', { taskId }, undefined, { 'mcp-name': name });
      expect((await get(undefined)).result).toMatchObject({ taskId });
      expect(await get(UNKNOWN)).toMatchObject({ status: 400, error: { code: -32020 } });
    },
  },
]);

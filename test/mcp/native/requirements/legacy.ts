// What the tasks of 2025-11-25 demand of a server.
/* eslint-disable jest/no-standalone-expect -- every check runs inside of a test */
import { expect } from '@jest/globals';
import { toProcessing } from '../../../support/gateways/fake-task-service.ts';
import { callLegacy } from '../../../support/clients/json-rpc.ts';
import { DONE, INVALID, LOCAL, startTask, toFailed, toRequirements } from './requirement.ts';

export const LEGACY_REQUIREMENTS = toRequirements([
  {
    requirement: 'a legacy task is flat, without related-task meta, its ttl what is really kept',
    source: '2025 tasks/get',
    check: async (running) => {
      const taskId = await startTask(running);
      const { result } = await callLegacy(running.url, 'tasks/get', { taskId, task: { ttl: 1 } });
      const { retentionMs, createdAt } = await running.tasks.read(LOCAL, taskId);
      expect(result).toMatchObject({
        taskId,
        status: 'working',
        createdAt: new Date(createdAt).toISOString(),
        ttl: retentionMs,
        pollInterval: expect.any(Number),
      });
      expect(result).not.toHaveProperty('_meta');
      expect(result).not.toHaveProperty('ttlMs');
      expect(result).not.toHaveProperty('resultType');
    },
  },
  {
    requirement: 'a failure is failed, and statusMessage says why',
    source: '2025 status; clients.md 22',
    check: async (running) => {
      const taskId = await startTask(running);
      for (const code of ['UPSTREAM_REJECTED', 'INTERNAL', 'OUTCOME_UNKNOWN'] as const) {
        running.tasks.set(taskId, toFailed(code));
        const { result } = await callLegacy(running.url, 'tasks/get', { taskId });
        expect(result).toMatchObject({ status: 'failed', statusMessage: `${code}: as it was` });
      }
    },
  },
  {
    requirement: 'tasks/result blocks until the task is done, and is related to it',
    source: '2025 tasks/result; clients.md 24',
    check: async (running) => {
      const taskId = await startTask(running);
      const answering = callLegacy(running.url, 'tasks/result', { taskId, task: {} });
      await running.tasks.whenWaiting();
      running.tasks.set(taskId, DONE);
      const answer = await answering;
      expect(answer.result).toEqual({
        content: [{ type: 'text', text: '{"slept":1}' }],
        structuredContent: { slept: 1 },
        _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
      });
      expect(await callLegacy(running.url, 'tasks/result', { taskId })).toEqual(answer);
    },
  },
  {
    requirement: 'tasks/result of a failure is the result of the call, or its JSON-RPC error',
    source: '2025 tasks/result',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toFailed('UPSTREAM_REJECTED'));
      const { result } = await callLegacy(running.url, 'tasks/result', { taskId });
      expect(result).toMatchObject({
        isError: true,
        _meta: { 'io.modelcontextprotocol/related-task': { taskId } },
      });
      running.tasks.set(taskId, toFailed('INTERNAL', 'panic'));
      const { error } = await callLegacy(running.url, 'tasks/result', { taskId });
      expect(error).toMatchObject({ code: -32603, message: 'panic' });
    },
  },
  {
    requirement: 'tasks/result with a progress token reports progress while it blocks',
    source: '2025 progress',
    check: async (running) => {
      const taskId = await startTask(running);
      const _meta = { progressToken: 'p' };
      const answering = callLegacy(running.url, 'tasks/result', { taskId, _meta });
      await running.tasks.whenWaiting();
      running.tasks.set(taskId, toProcessing({ fraction: 0.5, message: 'half' }));
      running.tasks.set(taskId, DONE);
      const { notified, result } = await answering;
      expect(notified).toEqual(['notifications/progress']);
      expect(result).toMatchObject({ structuredContent: { slept: 1 } });
    },
  },
  {
    requirement: 'a cancel answers the task already cancelled, and it stays so',
    source: '2025 cancellation',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, toProcessing());
      const cancelled = { taskId, status: 'cancelled', statusMessage: expect.any(String) };
      expect((await callLegacy(running.url, 'tasks/cancel', { taskId })).result).toMatchObject(
        cancelled,
      );
      for (const state of [toProcessing(), DONE]) {
        running.tasks.set(taskId, state);
        const { result } = await callLegacy(running.url, 'tasks/get', { taskId });
        expect(result).toMatchObject(cancelled);
        const listed = await callLegacy(running.url, 'tasks/list');
        expect(listed.result['tasks']).toMatchObject([cancelled]);
        const answer = await callLegacy(running.url, 'tasks/result', { taskId });
        expect(answer.result).toMatchObject({ isError: true });
        expect(JSON.stringify(answer.result)).toContain('CANCELLED');
      }
    },
  },
  {
    requirement: 'a terminal task cannot be cancelled, nor one whose cancel was asked for before',
    source: '2025 cancellation',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.set(taskId, DONE);
      expect((await callLegacy(running.url, 'tasks/cancel', { taskId })).error).toMatchObject(
        INVALID,
      );
      const other = await startTask(running);
      running.tasks.set(other, toProcessing());
      await callLegacy(running.url, 'tasks/cancel', { taskId: other });
      const again = await callLegacy(running.url, 'tasks/cancel', { taskId: other });
      expect(again.error).toMatchObject(INVALID);
    },
  },
  {
    requirement: 'tasks/list is paged, names the next page, and holds own tasks alone',
    source: '2025 tasks/list',
    check: async (running) => {
      const own = [];
      for (let count = 0; count < 23; count += 1) own.push(await startTask(running));
      await startTask(running, 'eve');
      const first = await callLegacy(running.url, 'tasks/list');
      const cursor = first.result['nextCursor'];
      expect(cursor).toEqual(expect.any(String));
      const second = await callLegacy(running.url, 'tasks/list', { cursor });
      expect(second.result).not.toHaveProperty('nextCursor');
      const listed = [first, second].flatMap(({ result }) => result['tasks'] as object[]);
      expect(listed.map((task) => (task as { taskId: string }).taskId).toSorted()).toEqual(
        own.toSorted(),
      );
      const wrong = await callLegacy(running.url, 'tasks/list', { cursor: 'made up' });
      expect(wrong.error).toMatchObject(INVALID);
    },
  },
  {
    requirement: 'a shutdown answers tasks/result with an error that says to ask again',
    source: '2025 tasks/result; clients.md 16',
    check: async (running) => {
      const taskId = await startTask(running);
      const answering = callLegacy(running.url, 'tasks/result', { taskId });
      await running.tasks.whenWaiting();
      await running.gateway.close(60_000);
      expect((await answering).error).toMatchObject({
        code: -32603,
        message: expect.stringMatching(/ask again/i),
      });
    },
  },
]);

// What both generations of tasks demand of a server.

import { expect } from '@jest/globals';
import { OperationError } from '../../../../src/contract/errors.ts';
import { callLegacy, callModern } from '../../../support/clients/json-rpc.ts';
import { INVALID, UNKNOWN, startTask, toRequirements } from './requirement.ts';

export const COMMON_REQUIREMENTS = toRequirements([
  {
    requirement: 'a task that is foreign, unknown or malformed gives one and the same error',
    source: 'SEP security; 2025 security',
    check: async (running) => {
      const foreign = await startTask(running, 'eve');
      const errors = [];
      for (const taskId of [foreign, UNKNOWN, 'nothing-like-it']) {
        const inputResponses = { colour: { action: 'decline' } };
        errors.push(
          (await callModern(running.url, 'tasks/get', { taskId })).error,
          (await callModern(running.url, 'tasks/update', { taskId, inputResponses })).error,
          (await callModern(running.url, 'tasks/cancel', { taskId })).error,
          (await callLegacy(running.url, 'tasks/get', { taskId })).error,
          (await callLegacy(running.url, 'tasks/result', { taskId })).error,
          (await callLegacy(running.url, 'tasks/cancel', { taskId })).error,
        );
      }
      expect(errors[0]).toEqual({ code: -32602, message: expect.any(String) });
      expect(new Set(errors.map((error) => JSON.stringify(error))).size).toBe(1);
    },
  },
  {
    requirement: 'a missing taskId is an invalid parameter that is named',
    source: 'SEP errors; 2025 errors',
    check: async ({ url }) => {
      const named = { ...INVALID, message: expect.stringContaining('taskId') };
      expect((await callModern(url, 'tasks/get', {})).error).toMatchObject(named);
      expect((await callLegacy(url, 'tasks/result', { taskId: 7 })).error).toMatchObject(named);
    },
  },
  {
    requirement: 'methods of the other generation do not exist',
    source: 'SEP methods; 2025 methods',
    check: async (running) => {
      const taskId = await startTask(running);
      for (const method of ['tasks/result', 'tasks/list']) {
        expect((await callModern(running.url, method, { taskId })).error).toMatchObject({
          code: -32601,
        });
      }
      expect((await callLegacy(running.url, 'tasks/update', { taskId })).error).toMatchObject({
        code: -32601,
      });
    },
  },
  {
    requirement: 'each generation advertises its own tasks and not the other',
    source: 'SEP negotiation; 2025 capabilities',
    check: async ({ url }) => {
      const modern = (await callModern(url, 'server/discover')).result['capabilities'];
      expect(modern).toMatchObject({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
      expect(modern).not.toHaveProperty('tasks');
      const { result } = await callLegacy(url, 'initialize', {
        protocolVersion: '2025-11-25',
        capabilities: {},
        clientInfo: { name: 'test', version: '1' },
      });
      expect(result['capabilities']).toMatchObject({
        tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } },
      });
      expect(result['capabilities']).not.toHaveProperty('extensions');
    },
  },
  {
    requirement: 'while the backend is away every method says that the request can be repeated',
    source: 'SEP errors; 2025 errors',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.failWith(new OperationError('BACKEND_UNAVAILABLE', 'Temporal is away'));
      const away = { code: -32603, message: expect.stringMatching(/Temporal is away.*again/) };
      for (const method of ['tasks/get', 'tasks/cancel']) {
        expect((await callModern(running.url, method, { taskId })).error).toMatchObject(away);
      }
      for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel', 'tasks/list']) {
        expect((await callLegacy(running.url, method, { taskId })).error).toMatchObject(away);
      }
    },
  },
  {
    requirement: 'what nobody foresaw stays off the wire and has an incident in the log',
    source: 'SEP errors; 2025 errors',
    check: async (running) => {
      const taskId = await startTask(running);
      running.tasks.failWith(new TypeError('secret detail'));
      for (const call of [callModern, callLegacy]) {
        const { error } = await call(running.url, 'tasks/get', { taskId });
        expect(error).toMatchObject({ code: -32603 });
        expect(JSON.stringify(error)).not.toContain('secret');
        const incident = /incident (\w+)/.exec(error!.message)![1];
        expect(running.errors).toContainEqual(expect.objectContaining({ incident }));
      }
    },
  },
]);

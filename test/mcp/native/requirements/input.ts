// What SEP-2663 demands of a task that asks.

import { expect } from '@jest/globals';
import { callModern } from '../../../support/clients/json-rpc.ts';
import {
  ACK,
  ASKING,
  DONE,
  INVALID,
  LOCAL,
  QUESTION,
  fieldsOf,
  startTask,
  toRequirements,
} from './requirement.ts';

export const INPUT_REQUIREMENTS = toRequirements([
  {
    requirement: 'inputRequests holds every question that is not answered, as form elicitation',
    source: 'SEP input requests',
    check: async ({ url, tasks, ...running }) => {
      const taskId = await startTask({ url, tasks, ...running });
      tasks.set(taskId, ASKING);
      const { result } = await callModern(url, 'tasks/get', { taskId });
      expect(result['inputRequests']).toEqual({
        colour: { method: 'elicitation/create', params: { mode: 'form', ...QUESTION } },
        size: {
          method: 'elicitation/create',
          params: { mode: 'form', ...QUESTION, message: 'Which size?' },
        },
      });
      expect(result['statusMessage']).toBe('Which colour? Which size?');
    },
  },
  {
    requirement: 'answers may come one by one, and unknown and answered keys are ignored',
    source: 'SEP tasks/update',
    check: async (running) => {
      const { url, tasks } = running;
      const taskId = await startTask(running);
      tasks.set(taskId, ASKING);
      const accept = { action: 'accept', content: { colour: 'red' } };
      const update = async (inputResponses: object) =>
        callModern(url, 'tasks/update', { taskId, inputResponses });
      const first = await update({ colour: accept, nobody: accept });
      expect(first).toMatchObject(ACK);
      expect(fieldsOf(first)).toEqual(['resultType']);
      const { result } = await callModern(url, 'tasks/get', { taskId });
      expect(Object.keys(result['inputRequests'] as object)).toEqual(['size']);
      expect(await update({ colour: accept })).toMatchObject(ACK);
      expect(await update({ size: { action: 'decline' } })).toMatchObject(ACK);
      const later = await callModern(url, 'tasks/get', { taskId });
      expect(later.result['status']).toBe('working');
      tasks.set(taskId, DONE);
      expect(await update({ size: accept })).toMatchObject(ACK);
    },
  },
  {
    requirement: 'answers of a wrong shape are refused with what is wrong, and none is taken',
    source: 'SEP tasks/update',
    check: async (running) => {
      const { url, tasks } = running;
      const taskId = await startTask(running);
      tasks.set(taskId, ASKING);
      for (const [colour, named] of [
        ['red', 'inputResponses.colour'],
        [{ action: 'perhaps' }, 'inputResponses.colour'],
        [{ action: 'accept', content: 'red' }, 'inputResponses.colour'],
        [{ method: 'elicitation/create', result: {} }, 'inputResponses.colour'],
      ] as const) {
        const inputResponses = { colour, size: { action: 'decline' } };
        const { error } = await callModern(url, 'tasks/update', { taskId, inputResponses });
        expect(error).toMatchObject({ ...INVALID, message: expect.stringContaining(named) });
      }
      const { error } = await callModern(url, 'tasks/update', { taskId });
      expect(error).toMatchObject({ ...INVALID, message: expect.stringContaining('inputResp') });
      expect((await tasks.read(LOCAL, taskId)).state).toEqual(ASKING);
    },
  },
  {
    requirement: 'what answers no question is ignored, whatever it is',
    source: 'SEP tasks/update',
    check: async (running) => {
      const { url, tasks } = running;
      const taskId = await startTask(running);
      tasks.set(taskId, ASKING);
      const inputResponses = { unknown: { ignored: true }, other: 7 };
      expect(await callModern(url, 'tasks/update', { taskId, inputResponses })).toMatchObject(ACK);
      expect((await tasks.read(LOCAL, taskId)).state).toEqual(ASKING);
      tasks.set(taskId, DONE);
      expect(await callModern(url, 'tasks/update', { taskId, inputResponses })).toMatchObject(ACK);
    },
  },
]);

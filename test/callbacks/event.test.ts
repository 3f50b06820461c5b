import { describe, expect, test } from '@jest/globals';
import { toEventBody, toEventId } from '../../src/callbacks/event.ts';

const task = {
  task_ref: 'key.with.stops.AAAAAAAAAAAAAAAAAAAAAA',
  status: 'completed',
  updated_at: '2026-01-02T03:04:05.678Z',
  result: 'ä'.repeat(10), // 22 bytes as JSON
  error: null,
};

describe('an event', () => {
  test('has type, time and the task', () => {
    expect(JSON.parse(toEventBody(task, 22))).toEqual({
      type: 'task.completed',
      timestamp: task.updated_at,
      data: task,
    });
  });

  test('leaves a larger result out, and says where it is', () => {
    expect(JSON.parse(toEventBody(task, 21))).toMatchObject({
      data: {
        task_ref: task.task_ref,
        status: 'completed',
        result: null,
        result_omitted: {
          bytes: 22,
          tool: 'resolve_task_status',
          arguments: { task_ref: task.task_ref },
        },
      },
    });
  });

  test('has an id that nobody can choose and that has no full stop', () => {
    expect(toEventId(task.task_ref)).toBe('msg_AAAAAAAAAAAAAAAAAAAAAA');
  });
});

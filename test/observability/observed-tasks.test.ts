import { describe, expect, test } from '@jest/globals';
import type { Instruments } from '../../src/observability/instruments.ts';
import { observeTasks } from '../../src/observability/observed-tasks.ts';
import { createFace } from '../support/gateways/face.ts';

const LOCAL = { principal: 'local' };
const UNKNOWN = 'nothing.AAAAAAAAAAAAAAAAAAAAAA';

function open() {
  const told: [string, number, object][] = [];
  const instruments: Instruments = {
    add: (name, by, labels) => told.push([name, by, labels]),
    record: (name, value, labels) => told.push([name, value, labels]),
    observe: () => undefined,
  };
  const { tasks } = createFace();
  return { tasks, observed: observeTasks({ tasks, instruments, spans: null }), told };
}

const REQUEST = { operation: 'sleep', parameters: { seconds: 1 }, idempotencyKey: 'k' };

describe('a task service that is watched', () => {
  test('answers as the one inside does, refusals included', async () => {
    const { tasks, observed } = open();
    const { task } = await observed.start(LOCAL, REQUEST);
    expect(await observed.read(LOCAL, task.taskRef)).toEqual(await tasks.read(LOCAL, task.taskRef));
    await expect(observed.read(LOCAL, UNKNOWN)).rejects.toMatchObject({ code: 'TASK_NOT_FOUND' });
  });

  test('tells a new task from one that was there', async () => {
    const { observed, told } = open();
    await observed.start(LOCAL, REQUEST);
    await observed.start(LOCAL, REQUEST);
    expect(told.map(([name]) => name)).toEqual(['tasks_started', 'deduplications']);
  });

  test('counts the polls of a task until its end is told, and tells the sum once', async () => {
    const { tasks, observed, told } = open();
    const { task } = await observed.start(LOCAL, REQUEST);
    await observed.read(LOCAL, task.taskRef);
    await observed.read(LOCAL, task.taskRef);
    tasks.set(task.taskRef, { status: 'completed', result: null, attempt: 1 });
    await observed.read(LOCAL, task.taskRef);
    await observed.read(LOCAL, task.taskRef);
    expect(told.filter(([name]) => name === 'polls_per_task')).toEqual([
      ['polls_per_task', 3, { operation: 'sleep' }],
    ]);
  });
});

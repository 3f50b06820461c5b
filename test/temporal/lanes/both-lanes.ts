// One story in both lanes at once: the same operations, server and worker, and a gateway for each lane.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import type { Lane } from '../../../src/contract/lane.ts';
import type { Encryption } from '../../../src/encryption/index.ts';
import { parseTaskRef } from '../../../src/contract/task-ref.ts';
import type { Task, TaskState } from '../../../src/contract/task.ts';
import type { TaskServiceOptions, TemporalTasks } from '../../../src/temporal/tasks/service.ts';
import type { StartRequest } from '../../../src/tasks/service.ts';
import {
  openTestGateway,
  startTestWorker,
  type TestGateway,
} from '../../support/temporal/gateway-and-worker.ts';
import type { LaneOperation, LaneOperations, LaneParameters } from './lane-operations.ts';

export const me = { principal: 'local' };

/** How a task has failed. */
export const failed = (code: string, attempt: number | null, more: object = {}): object => ({
  status: 'failed',
  error: expect.objectContaining({ code, ...more }) as object,
  attempt,
});

export const completed = (result: string, attempt: number): object => ({
  status: 'completed',
  result,
  attempt,
});

/** A story in one lane. */
export interface InLane {
  readonly lane: Lane;
  readonly tasks: TemporalTasks;
  readonly gateway: TestGateway;
  /** What the story has of its own in this lane. */
  readonly label: string;
  readonly start: (
    operation: LaneOperation,
    parameters?: LaneParameters,
    more?: Omit<Partial<StartRequest>, 'parameters'>,
  ) => Promise<Task>;
  /** Waits until a task is in such a state. */
  readonly until: (task: Task, isSo: (state: TaskState) => boolean) => Promise<Task>;
  /** How a task ended. */
  readonly end: (task: Task) => Promise<TaskState>;
}

export interface BothLanes extends AsyncDisposable {
  /** Plays a story in both lanes; what comes of it is the same in both. */
  play<T>(name: string, story: (one: InLane) => Promise<T>): Promise<T>;
  readonly gateway: TestGateway;
}

/** Opens a gateway for each lane. */
export async function openBothLanes(
  address: string,
  { toRegistry }: LaneOperations,
  options: Partial<TaskServiceOptions> = {},
  encryption: Encryption | null = null,
): Promise<BothLanes> {
  const open = async (lane: Lane) =>
    openTestGateway(address, toRegistry(lane), options, encryption);
  const gateways = { workflow: await open('workflow'), activity: await open('activity') };
  const toStory = (lane: Lane, name: string): InLane => {
    const gateway = gateways[lane];
    const { tasks } = gateway;
    const label = `${name} (${lane})`;
    return {
      ...{ lane, gateway, tasks, label },
      start: async (operation, parameters = {}, more = {}) => {
        const request = { operation, parameters: { label, ...parameters }, ...more };
        const { task } = await tasks.start(me, request);
        expect(parseTaskRef(task.taskRef)?.lane).toBe(lane);
        return task;
      },
      until: async ({ taskRef }, isSo) => {
        for (let reads = 0; reads < 1_000; reads += 1) {
          const task = await tasks.read(me, taskRef);
          if (isSo(task.state)) return task;
          await sleep(50);
        }
        throw new Error(`${label}: it never came so`);
      },
      end: async ({ taskRef }) => (await tasks.wait(me, taskRef, 110_000)).state,
    };
  };
  return {
    gateway: gateways.activity,
    play: async (name, story) => {
      const [other, one] = await Promise.all([
        story(toStory('workflow', name)),
        story(toStory('activity', name)),
      ]);
      expect(one).toEqual(other);
      return one;
    },
    [Symbol.asyncDispose]: async () => {
      await gateways.workflow[Symbol.asyncDispose]();
      await gateways.activity[Symbol.asyncDispose]();
    },
  };
}

/** The same where every task waits in the queue, behind one that lasts. */
export async function openQueued(address: string, operations: LaneOperations): Promise<BothLanes> {
  const taskQueue = 'busy';
  const lanes = await openBothLanes(address, operations, { taskQueue });
  const busy = await startTestWorker(lanes.gateway, operations.toRegistry('activity'), {
    taskQueue,
    maxConcurrency: 1,
  });
  const parameters = { label: 'first', ms: 110_000 };
  await lanes.gateway.tasks.start(me, { operation: 'plain', parameters });
  while (!operations.runs.has('first')) await sleep(20);
  return {
    ...lanes,
    [Symbol.asyncDispose]: async () => {
      await busy.stop();
      await lanes[Symbol.asyncDispose]();
    },
  };
}

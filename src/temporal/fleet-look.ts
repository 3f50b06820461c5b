// What Temporal itself knows of the whole fleet: how long the queue is and how old, who polls it, and how many tasks of an
// operation there are. Asked in the background, for people who watch; nothing that a caller waits for comes through here.
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { WORKFLOW_TYPE } from '../contract/task-input.ts';
import { toMs } from './execution.ts';
import { withLimit } from './limit.ts';
import { OPERATION } from './search-attributes.ts';
import { isPolling } from './worker-presence.ts';

/** The two halves of a task queue: steps of tasks that wait for a worker, and attempts that do. */
export type QueueKind = 'workflow' | 'activity';

/** One half of the task queue. */
export interface QueueLook {
  readonly kind: QueueKind;
  /** What waits there, by Temporal's own count. */
  readonly depth: number;
  /** How long the first in it has waited, in milliseconds. */
  readonly ageMs: number;
  /** Workers that have polled within the last minute or so. */
  readonly workers: number;
}

/** How many tasks of an operation Temporal keeps, by how they stand. */
export interface TaskCounts {
  readonly open: number;
  readonly completed: number;
  /** Failed, cancelled, terminated or timed out. */
  readonly failed: number;
}

/** Looks at the fleet. Rejects when Temporal does not answer. */
export interface FleetLook {
  queues(): Promise<readonly QueueLook[]>;
  tasks(operation: string): Promise<TaskCounts>;
}

/** How long one question may take, in milliseconds. */
const LOOK_MS = 5_000;

const { TaskQueueType } = proto.temporal.api.enums.v1;

const KINDS: readonly (readonly [QueueKind, temporal.api.enums.v1.TaskQueueType])[] = [
  ['workflow', TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW],
  ['activity', TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY],
];

const STATUS: Readonly<Record<string, keyof TaskCounts>> = {
  Running: 'open',
  Paused: 'open',
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'failed',
  Terminated: 'failed',
  TimedOut: 'failed',
};

/** Looks at one task queue of one namespace. */
export function createFleetLook(client: Client, namespace: string, taskQueue: string): FleetLook {
  const ask = async <Answer>(question: () => Promise<Answer>) =>
    withLimit(client.connection, LOOK_MS, question);
  return {
    queues: async () =>
      Promise.all(
        KINDS.map(async ([kind, taskQueueType]) => {
          const { stats, pollers } = await ask(async () =>
            client.workflowService.describeTaskQueue({
              namespace,
              taskQueue: { name: taskQueue },
              taskQueueType,
              reportStats: true,
            }),
          );
          return {
            kind,
            depth: Number(stats?.approximateBacklogCount ?? 0),
            ageMs: toMs(stats?.approximateBacklogAge),
            workers: pollers.filter(isPolling).length,
          };
        }),
      ),
    tasks: async (operation) => {
      const { groups } = await ask(async () =>
        client.workflowService.countWorkflowExecutions({
          namespace,
          // Operation names hold no quote. Other fields cannot be grouped by, hence one question per operation.
          query: `WorkflowType = '${WORKFLOW_TYPE}' AND ${OPERATION.name} = '${operation}' GROUP BY ExecutionStatus`,
        }),
      );
      const counts = { open: 0, completed: 0, failed: 0 };
      for (const { groupValues, count } of groups) {
        const [value] = groupValues ?? [];
        const name = value ? defaultPayloadConverter.fromPayload<string>(value) : '';
        const status = STATUS[name]; // a run that goes on in another is no end
        if (status) counts[status] += Number(count ?? 0);
      }
      return counts;
    },
  };
}

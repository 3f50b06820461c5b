// What Temporal itself knows of the whole fleet: how long the queue is and how old, who polls it, and how many tasks of an
// operation there are. Asked in the background, for people who watch; nothing that a caller waits for comes through here.
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto, { type temporal } from '@temporalio/proto';
import { toDeliveryQueue } from '../../contract/callback.ts';
import { WORKFLOW_TYPE } from '../../contract/task-input.ts';
import { toMs } from '../calls/execution.ts';
import { withLimit } from '../calls/call-limit.ts';
import { OPERATION } from '../calls/search-attributes.ts';
import { isPolling } from '../calls/worker-presence.ts';

/** What waits for a worker: steps of tasks, attempts, callbacks, or attempts of operations that are limited in the whole fleet. */
type QueueKind = 'workflow' | 'activity' | 'callback' | 'limited';

/** What waits of one kind. */
interface QueueLook {
  readonly kind: QueueKind;
  /** What waits there, by Temporal's own count. */
  readonly depth: number;
  /** How long the first in it has waited, in milliseconds. */
  readonly ageMs: number;
  /** Workers that have polled within the last minute or so. */
  readonly workers: number;
}

/** How many tasks of an operation Temporal keeps, by how they stand. */
interface TaskCounts {
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

const STATUS: Readonly<Record<string, keyof TaskCounts>> = {
  Running: 'open',
  Paused: 'open',
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'failed',
  Terminated: 'failed',
  TimedOut: 'failed',
};

/**
 * Looks at the task queues of one namespace.
 *
 * @param limited the queues that operations have of their own
 */
export function createFleetLook(
  client: Client,
  namespace: string,
  taskQueue: string,
  limited: readonly string[],
): FleetLook {
  const ask = async <Answer>(question: () => Promise<Answer>) =>
    withLimit(client.connection, LOOK_MS, question);
  const look = async (
    kind: QueueKind,
    name: string,
    taskQueueType: temporal.api.enums.v1.TaskQueueType,
  ): Promise<QueueLook> => {
    const { stats, pollers } = await ask(async () =>
      client.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name },
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
  };
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } =
    proto.temporal.api.enums.v1.TaskQueueType;
  return {
    queues: async () => {
      const looks = [
        await look('workflow', taskQueue, TASK_QUEUE_TYPE_WORKFLOW),
        await look('activity', taskQueue, TASK_QUEUE_TYPE_ACTIVITY),
        await look('callback', toDeliveryQueue(taskQueue), TASK_QUEUE_TYPE_ACTIVITY),
      ];
      const own: QueueLook[] = [];
      for (const name of limited) own.push(await look('limited', name, TASK_QUEUE_TYPE_ACTIVITY));
      return own.length === 0 ? looks : [...looks, add(own)];
    },
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

/** Several queues as one; a worker polls all of them. */
function add(looks: readonly QueueLook[]): QueueLook {
  return {
    kind: 'limited',
    depth: looks.reduce((sum, { depth }) => sum + depth, 0),
    ageMs: Math.max(...looks.map(({ ageMs }) => ageMs)),
    workers: Math.max(...looks.map(({ workers }) => workers)),
  };
}

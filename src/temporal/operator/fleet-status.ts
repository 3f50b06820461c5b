// What Temporal itself knows of the whole fleet: how long the queue is and how old, who polls it, and how many tasks of an
// operation there are. Telemetry asks in the background; no caller waits for it.
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { toDeliveryQueue } from '../../contract/workflow/callback.ts';
import type { FleetStatus, QueueStatus, TaskCounts } from '../../contract/workflow/observation.ts';
import { toMs } from '../calls/timestamp.ts';
import { withLimit } from '../calls/call-limit.ts';
import { OPERATION } from '../calls/search-attributes.ts';
import { isPolling, QUEUE_TYPES } from '../calls/worker-presence.ts';
import { createTaskIndexes, type IndexOptions } from '../lanes/task-index.ts';

const CALL_MS = 5_000;

const STATUS: Readonly<Record<string, keyof TaskCounts>> = {
  Running: 'open',
  Paused: 'open',
  Completed: 'completed',
  Failed: 'failed',
  Canceled: 'failed',
  Terminated: 'failed',
  TimedOut: 'failed',
};

export interface FleetOptions extends IndexOptions {
  readonly client: Client;
  readonly taskQueue: string;
  /** The queues that operations have of their own. */
  readonly limited: readonly string[];
}

export function createFleetStatus(options: FleetOptions): FleetStatus {
  const { client, namespace, taskQueue, limited } = options;
  const indexes = createTaskIndexes(options);
  const ask = async <Answer>(question: () => Promise<Answer>) =>
    withLimit(client.connection, CALL_MS, question);
  const readQueue = async (
    kind: QueueStatus['kind'],
    name: string,
    taskQueueType: temporal.api.enums.v1.TaskQueueType = QUEUE_TYPES.activity,
  ): Promise<QueueStatus> => {
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
  return {
    queues: async () => {
      const shared = [
        await readQueue('workflow', taskQueue, QUEUE_TYPES.workflow),
        await readQueue('activity', taskQueue),
        await readQueue('callback', toDeliveryQueue(taskQueue)),
      ];
      const own: QueueStatus[] = [];
      for (const name of limited) own.push(await readQueue('limited', name));
      return own.length === 0 ? shared : [...shared, add(own)];
    },
    tasks: async (operation) => {
      const counts = { open: 0, completed: 0, failed: 0 };
      for (const index of indexes) {
        // Operation names hold no quote. Other fields cannot be grouped by, hence one question per operation.
        const { groups } = await ask(async () =>
          index.count([`${OPERATION.name} = '${operation}'`], 'ExecutionStatus'),
        );
        for (const { groupValues, count } of groups) {
          const [value] = groupValues ?? [];
          const name = value ? defaultPayloadConverter.fromPayload<string>(value) : '';
          const status = STATUS[name]; // a run that goes on in another is no end
          if (status) counts[status] += Number(count ?? 0);
        }
      }
      return counts;
    },
  };
}

/** Several queues as one; a worker polls all of them. */
function add(queues: readonly QueueStatus[]): QueueStatus {
  return {
    kind: 'limited',
    depth: queues.reduce((sum, { depth }) => sum + depth, 0),
    ageMs: Math.max(...queues.map(({ ageMs }) => ageMs)),
    workers: Math.max(...queues.map(({ workers }) => workers)),
  };
}

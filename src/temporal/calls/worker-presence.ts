// Whether any worker polls a task queue: what a caller wants to know while a task stays pending.
import type { Client } from '@temporalio/client';
import type { Lane } from '../../contract/lane.ts';
import proto, { type temporal } from '@temporalio/proto';
import { LRUCache } from 'lru-cache';
import { toMs } from './timestamp.ts';
import { withLimit } from './call-limit.ts';

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** What polls for either lane, and for workflows and activities of others. */
export const QUEUE_TYPES = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

const FRESH_MS = 2_000;

/** How long a call may take, in milliseconds: a hint is not worth waiting for. */
const CALL_MS = 1_000;

/**
 * Temporal lists pollers for five minutes after they were last seen; a living one polls anew at least once a minute.
 * In milliseconds, with room for clocks that differ.
 */
const POLL_MS = 75_000;

/** Whether a poller that Temporal lists is alive, as far as its last poll shows. */
export function isPolling({ lastAccessTime }: temporal.api.taskqueue.v1.IPollerInfo): boolean {
  return toMs(lastAccessTime) > Date.now() - POLL_MS;
}

/** Queues whose answers are kept. */
const QUEUES = 1_000;

interface Waiting {
  readonly lane: Lane;
  readonly taskQueue: string;
}

interface Presence {
  readonly present: boolean | null;
}

/**
 * Asks for a queue's pollers; `null` when Temporal does not say, or a worker is on its way.
 *
 * @param isStarting whether a worker that does not poll yet is known to run
 */
export function createWorkerPresence(
  client: Client,
  namespace: string,
  isStarting: () => boolean = () => false,
): (queue: Waiting) => Promise<boolean | null> {
  const ask = async (key: string): Promise<Presence> => {
    const { lane, taskQueue } = JSON.parse(key) as Waiting;
    try {
      const { pollers } = await withLimit(client.connection, CALL_MS, async () =>
        client.workflowService.describeTaskQueue({
          namespace,
          taskQueue: { name: taskQueue },
          taskQueueType: QUEUE_TYPES[lane],
        }),
      );
      return { present: pollers.some(isPolling) || (isStarting() ? null : false) };
    } catch {
      return { present: null }; // the task's own state is known; this is only a hint beside it
    }
  };
  const answers = new LRUCache<string, Presence>({
    max: QUEUES,
    ttl: FRESH_MS,
    ttlResolution: 0, // as of the tasks that are known
    fetchMethod: ask,
  });
  return async ({ lane, taskQueue }) =>
    (await answers.forceFetch(JSON.stringify({ lane, taskQueue }))).present;
}

// The tasks that this gateway has seen within a minute. An end does not change, unless an operator resets the workflow; of a
// running task only its names are of use, so that a wait costs one call.
import { LRUCache } from 'lru-cache';
import type { TaskMemo } from '../../contract/workflow/memo.ts';
import type { Task } from '../../contract/task.ts';
import type { Run } from '../lanes/lane.ts';

/** A task together with the latest run behind it, which is another than in the task_ref after a reset. */
export interface Found extends Run {
  readonly task: Task;
  readonly memo: TaskMemo;
}

export interface KnownTasks {
  keep(found: Found): void;
  /** A task that has ended. */
  ended(workflowId: string, taskRef: string): Found | null;
  /** A task that has ended, or that ran when it was seen. */
  any(workflowId: string, taskRef: string): Found | null;
}

/** Terminal answers kept, in bytes of their JSON. */
const DONE_BYTES = 64 * 1024 * 1024;

/** How long what is known is kept, in milliseconds: an operator's reset shows after this time. */
const KEPT_MS = 60_000;

/** Every read looks at the clock, which costs less than a timer for each millisecond with a read in it. */
const KEPT = { ttl: KEPT_MS, ttlResolution: 0 };

/** Running tasks whose names are kept, so that a wait costs one call. */
const RUNNING_TASKS = 5_000;

export function createKnownTasks(): KnownTasks {
  const done = new LRUCache<string, Found>({
    maxSize: DONE_BYTES,
    ...KEPT,
    sizeCalculation: ({ task }) => JSON.stringify(task).length,
  });
  const running = new LRUCache<string, Found>({ max: RUNNING_TASKS, ...KEPT });
  const toKey = (workflowId: string, taskRef: string) => `${workflowId} ${taskRef}`;
  const ended = (workflowId: string, taskRef: string) =>
    done.get(toKey(workflowId, taskRef)) ?? null;
  return {
    keep: (found) => {
      const key = toKey(found.workflowId, found.task.taskRef);
      if (found.task.expiresAt === null) {
        running.set(key, found);
        return;
      }
      running.delete(key);
      const keptMs = Math.min(KEPT_MS, found.task.expiresAt - Date.now());
      if (keptMs > 0) done.set(key, found, { ttl: keptMs });
    },
    ended,
    any: (workflowId, taskRef) =>
      ended(workflowId, taskRef) ?? running.get(toKey(workflowId, taskRef)) ?? null,
  };
}

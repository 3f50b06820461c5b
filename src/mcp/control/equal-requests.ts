// Equal requests under different idempotency keys: what a model sends that does not wait and tries again. Both run, since a new
// key asks for that; the answer names the earlier task, so that a mistake can be undone. Invariant: what is not known for
// certain, or costs more than one read, is not said.
import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Json } from '../../contract/json.ts';
import { isDone, type Task } from '../../contract/task.ts';
import type { Caller, TaskService } from '../../tasks/service.ts';

/** Requests remembered, at about 300 bytes each. */
const REMEMBERED = 5_000;

/** Knows the last task of a request, as far as this gateway started it. */
export interface EqualRequests {
  /** Notes a task that was started, and finds the one before it for the same request where that still runs. */
  note(caller: Caller, task: Task, parameters: Json): Promise<Task | null>;
}

export function createEqualRequests(tasks: Pick<TaskService, 'read'>): EqualRequests {
  const remembered = new LRUCache<string, string>({ max: REMEMBERED });
  return {
    note: async (caller, { taskRef, operation }, parameters) => {
      const request = JSON.stringify([caller.principal, operation, parameters]);
      const key = hash('sha256', request, 'base64');
      const earlierRef = remembered.get(key);
      remembered.set(key, taskRef);
      if (earlierRef === undefined || earlierRef === taskRef) return null;
      const earlier = await tasks.read(caller, earlierRef).catch(() => null);
      return earlier && !isDone(earlier.state) ? earlier : null;
    },
  };
}
